// Written by `npm run types:web` from docs/openapi.json. Do not edit.
export interface paths {
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who you are here */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            name: string;
                            /** @enum {string} */
                            kind: "key" | "user";
                            scopes: string[];
                            demo_model: boolean;
                            temporal_ui: boolean;
                        };
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End this session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The chains of this build */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                name: string;
                                input: {
                                    [key: string]: unknown;
                                };
                                output: {
                                    [key: string]: unknown;
                                };
                                steps: {
                                    name: string;
                                    kind: string;
                                    input: {
                                        [key: string]: unknown;
                                    };
                                    output: {
                                        [key: string]: unknown;
                                    };
                                }[];
                            }[];
                            next_cursor: null;
                        };
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chains/{chain}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One chain: input, output, steps */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    chain: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            input: {
                                [key: string]: unknown;
                            };
                            output: {
                                [key: string]: unknown;
                            };
                            steps: {
                                name: string;
                                kind: string;
                                input: {
                                    [key: string]: unknown;
                                };
                                output: {
                                    [key: string]: unknown;
                                };
                            }[];
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chains/{chain}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a run */
        post: {
            parameters: {
                query?: {
                    wait?: number | null;
                };
                header?: {
                    "idempotency-key"?: string;
                };
                path: {
                    chain: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        input?: unknown;
                        user?: string;
                        metadata?: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                /** @description It ended, waits for a person or is blocked (with ?wait) */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many at once; see Retry-After */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List runs, newest first */
        get: {
            parameters: {
                query?: {
                    chain?: string;
                    status?: "running" | "waiting" | "blocked" | "succeeded" | "failed" | "cancelled";
                    user?: string;
                    batch?: string;
                    from?: string;
                    to?: string;
                    q?: string;
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Run"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on with all runs that a cause blocked */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        chain?: string;
                        /** @enum {string} */
                        code?: "bad_request" | "unauthorized" | "forbidden" | "not_found" | "unknown_chain" | "conflict" | "idempotency_conflict" | "review_decided" | "review_expired" | "review_cancelled" | "review_version" | "review_claimed" | "too_large" | "unsupported_media_type" | "invalid_input" | "rate_limited" | "internal" | "unavailable" | "definition" | "config" | "setup" | "budget_exhausted" | "ladder_exhausted" | "run_deadline" | "rejected_by_person" | "auth" | "spend_cap" | "model_gone" | "provider_down" | "chain_error" | "tool_missing" | "build_mismatch" | "tool_changed" | "effect_failed";
                    };
                };
            };
            responses: {
                /** @description Done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: string[];
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            chain: string;
                            /** @enum {string} */
                            status: "running" | "waiting" | "blocked" | "succeeded" | "failed" | "cancelled";
                            input?: unknown;
                            output?: unknown;
                            error: {
                                code: string;
                                message: string;
                                next: string;
                                step: string | null;
                            } | null;
                            review_id: string | null;
                            user: string | null;
                            metadata: {
                                [key: string]: unknown;
                            };
                            usage: {
                                input_tokens: number;
                                output_tokens: number;
                                cost_usd: number;
                                unknown_cost_calls: number;
                                attempts: number;
                            };
                            plan: {
                                loop: 1 | 2;
                                run_id: string;
                                chain: string;
                                build: string;
                                budget: {
                                    usd: number | null;
                                    tokens: number | null;
                                    attempts: number;
                                    within_ms: number;
                                };
                                steps: {
                                    [key: string]: {
                                        /** @enum {string} */
                                        kind: "generate";
                                        /** @enum {string} */
                                        effect: "none";
                                        /** @enum {string} */
                                        place: "local" | "regular";
                                        timeout_ms: number;
                                        model: {
                                            role: string;
                                            provider: string;
                                            model: string;
                                            temperature: number | null;
                                            max_output_tokens: number;
                                            input_usd_per_mtok: number | null;
                                            output_usd_per_mtok: number | null;
                                            cached_usd_per_mtok?: number;
                                            /** @enum {string} */
                                            api?: "chat" | "responses";
                                            /** @enum {string} */
                                            structured?: "schema" | "text";
                                            timeout_ms?: number;
                                            demo: boolean;
                                            /** @enum {string} */
                                            place?: "local" | "regular";
                                        };
                                        models: {
                                            [key: string]: {
                                                role: string;
                                                provider: string;
                                                model: string;
                                                temperature: number | null;
                                                max_output_tokens: number;
                                                input_usd_per_mtok: number | null;
                                                output_usd_per_mtok: number | null;
                                                cached_usd_per_mtok?: number;
                                                /** @enum {string} */
                                                api?: "chat" | "responses";
                                                /** @enum {string} */
                                                structured?: "schema" | "text";
                                                timeout_ms?: number;
                                                demo: boolean;
                                                /** @enum {string} */
                                                place?: "local" | "regular";
                                            };
                                        };
                                        prompt: {
                                            name: string;
                                            version: string;
                                            chars: number;
                                        };
                                        checks: string[];
                                        critics: {
                                            name: string;
                                            version: string;
                                            model: {
                                                role: string;
                                                provider: string;
                                                model: string;
                                                temperature: number | null;
                                                max_output_tokens: number;
                                                input_usd_per_mtok: number | null;
                                                output_usd_per_mtok: number | null;
                                                cached_usd_per_mtok?: number;
                                                /** @enum {string} */
                                                api?: "chat" | "responses";
                                                /** @enum {string} */
                                                structured?: "schema" | "text";
                                                timeout_ms?: number;
                                                demo: boolean;
                                                /** @enum {string} */
                                                place?: "local" | "regular";
                                            };
                                            prompt: {
                                                name: string;
                                                version: string;
                                                chars: number;
                                            };
                                        }[];
                                        ladder: ({
                                            /** @enum {string} */
                                            rung: "reask";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "revise";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "resample";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "vote";
                                            cap: number;
                                            samples: number;
                                            margin: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "best_of";
                                            cap: number;
                                            of: number;
                                            judge: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "model";
                                            cap: number;
                                            model: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "backtrack";
                                            cap: number;
                                            to: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "human";
                                            cap: number;
                                            queue: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "fail";
                                            /** @enum {number} */
                                            cap: 1;
                                        } | {
                                            /** @enum {string} */
                                            rung: "best";
                                            /** @enum {number} */
                                            cap: 1;
                                        })[];
                                        sample?: {
                                            /** @enum {string} */
                                            rung: "reask";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "revise";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "resample";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "vote";
                                            cap: number;
                                            samples: number;
                                            margin: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "best_of";
                                            cap: number;
                                            of: number;
                                            judge: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "model";
                                            cap: number;
                                            model: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "backtrack";
                                            cap: number;
                                            to: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "human";
                                            cap: number;
                                            queue: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "fail";
                                            /** @enum {number} */
                                            cap: 1;
                                        } | {
                                            /** @enum {string} */
                                            rung: "best";
                                            /** @enum {number} */
                                            cap: 1;
                                        };
                                        sample_judges?: {
                                            [key: string]: {
                                                name: string;
                                                version: string;
                                                model: {
                                                    role: string;
                                                    provider: string;
                                                    model: string;
                                                    temperature: number | null;
                                                    max_output_tokens: number;
                                                    input_usd_per_mtok: number | null;
                                                    output_usd_per_mtok: number | null;
                                                    cached_usd_per_mtok?: number;
                                                    /** @enum {string} */
                                                    api?: "chat" | "responses";
                                                    /** @enum {string} */
                                                    structured?: "schema" | "text";
                                                    timeout_ms?: number;
                                                    demo: boolean;
                                                    /** @enum {string} */
                                                    place?: "local" | "regular";
                                                };
                                                prompt: {
                                                    name: string;
                                                    version: string;
                                                    chars: number;
                                                };
                                            };
                                        };
                                        tools?: {
                                            list: {
                                                name: string;
                                                /** @enum {string} */
                                                effect: "reads" | "writes";
                                                /** @enum {string} */
                                                place: "local" | "regular";
                                                timeout_ms: number;
                                                chars: number;
                                                usd?: number;
                                            }[];
                                            turns: number;
                                        };
                                    } | {
                                        /** @enum {string} */
                                        kind: "retrieve";
                                        /** @enum {string} */
                                        effect: "reads";
                                        /** @enum {string} */
                                        place: "local" | "regular";
                                        timeout_ms: number;
                                        sources: string[];
                                        keep: number;
                                        checks: string[];
                                        ladder: ({
                                            /** @enum {string} */
                                            rung: "reask";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "revise";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "resample";
                                            cap: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "vote";
                                            cap: number;
                                            samples: number;
                                            margin: number;
                                        } | {
                                            /** @enum {string} */
                                            rung: "best_of";
                                            cap: number;
                                            of: number;
                                            judge: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "model";
                                            cap: number;
                                            model: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "backtrack";
                                            cap: number;
                                            to: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "human";
                                            cap: number;
                                            queue: string;
                                        } | {
                                            /** @enum {string} */
                                            rung: "fail";
                                            /** @enum {number} */
                                            cap: 1;
                                        } | {
                                            /** @enum {string} */
                                            rung: "best";
                                            /** @enum {number} */
                                            cap: 1;
                                        })[];
                                        usd?: number;
                                    } | {
                                        /** @enum {string} */
                                        kind: "act";
                                        /** @enum {string} */
                                        effect: "writes";
                                        /** @enum {string} */
                                        place: "local" | "regular";
                                        timeout_ms: number;
                                    } | {
                                        /** @enum {string} */
                                        kind: "review";
                                        /** @enum {string} */
                                        effect: "asks";
                                        of: string;
                                        queue: string;
                                        due_ms: number | null;
                                        escalate: {
                                            after_ms: number;
                                            to: string;
                                        } | null;
                                        expires_ms: number;
                                        returns: number;
                                    };
                                };
                                limits: {
                                    silent_tries: number;
                                    max_wait_ms: number;
                                    human_expires_ms: number;
                                };
                                seed: number;
                                thresholds: {
                                    [key: string]: number;
                                };
                                arm: string | null;
                            } | null;
                            demo: boolean;
                            started_at: string;
                            ended_at: string | null;
                            temporal_url?: string | null;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete what a run read and wrote */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The trace: steps, attempts, verdicts */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Step"][];
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on with a blocked run */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Run"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say something about a run */
        post: {
            parameters: {
                query?: never;
                header?: {
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        type: string;
                        value?: unknown;
                        user?: string;
                        step?: string;
                        attempt?: number;
                    };
                };
            };
            responses: {
                /** @description Done */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Feedback"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chains/{chain}/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a run for each of many inputs, worked in one place */
        post: {
            parameters: {
                query?: never;
                header?: {
                    "idempotency-key"?: string;
                };
                path: {
                    chain: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        cases: {
                            input?: unknown;
                            user?: string;
                            metadata?: {
                                [key: string]: unknown;
                            };
                        }[];
                    };
                };
            };
            responses: {
                /** @description Done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            chain: string;
                            cases: number;
                            counts: {
                                running: number;
                                waiting: number;
                                blocked: number;
                                succeeded: number;
                                failed: number;
                                cancelled: number;
                            };
                            started_at: string;
                            ended_at: string | null;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chains/{chain}/batches/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look whether all inputs of a batch fit; start nothing */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    chain: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        cases: {
                            input?: unknown;
                            user?: string;
                            metadata?: {
                                [key: string]: unknown;
                            };
                        }[];
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            cases: number;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a batch is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            chain: string;
                            cases: number;
                            counts: {
                                running: number;
                                waiting: number;
                                blocked: number;
                                succeeded: number;
                                failed: number;
                                cancelled: number;
                            };
                            started_at: string;
                            ended_at: string | null;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue: pending first, by due time */
        get: {
            parameters: {
                query?: {
                    queue?: string;
                    status?: "pending" | "decided" | "expired" | "cancelled";
                    assignee?: string;
                    run_id?: string;
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Review"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queues in which something waits, with how much */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: {
                                queue: string;
                                pending: number;
                                overdue: number;
                            }[];
                            next_cursor: null;
                        };
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One review, with the attempts that led to it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            queue: string;
                            run_id: string;
                            chain: string;
                            step: string;
                            occurrence: number;
                            /** @enum {string} */
                            kind: "review" | "human" | "tool";
                            /** @enum {string} */
                            status: "pending" | "decided" | "expired" | "cancelled";
                            version: number;
                            value?: unknown;
                            original?: unknown;
                            context?: unknown;
                            verdicts: components["schemas"]["Verdict"][];
                            created_at: string;
                            due_at: string | null;
                            expires_at: string;
                            claimed_by: string | null;
                            claimed_by_id: string | null;
                            claimed_until: string | null;
                            assignee: string | null;
                            assignee_id: string | null;
                            decision: {
                                id: string;
                                /** @enum {string} */
                                decision: "approve" | "edit" | "reject" | "respond";
                                value?: unknown;
                                original?: unknown;
                                reason: string | null;
                                comment: string | null;
                                by: string;
                                by_id?: string;
                                at: string;
                            } | null;
                            demo: boolean;
                            steps: components["schemas"]["Step"][];
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take it for ten minutes */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Review"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give it back */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Review"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}/value": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Save a change without deciding */
        put: {
            parameters: {
                query?: never;
                header?: {
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        version: number;
                        value?: unknown;
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Review"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reviews/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve, edit, reject or respond */
        post: {
            parameters: {
                query?: never;
                header?: {
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        decision: "approve" | "edit" | "reject" | "respond";
                        version: number;
                        value?: unknown;
                        reason?: string;
                        comment?: string;
                    };
                };
            };
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Review"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The state has moved on, or the Idempotency-Key was used for another body */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List endpoints */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Webhook"][];
                            next_cursor: null;
                        };
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Register an endpoint; the secret is shown once */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: uri */
                        url: string;
                        events: ("run.ended" | "run.blocked" | "review.created" | "review.decided")[];
                    };
                };
            };
            responses: {
                /** @description Done */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not application/json */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Does not fit the schema; `errors` names the places */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an endpoint */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest deliveries, failed ones too */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            data: components["schemas"]["Delivery"][];
                            next_cursor: null;
                        };
                    };
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a delivery again under its id */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Not JSON, not UTF-8, or a parameter that cannot be read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Unknown, or deleted */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes of runs and reviews as server-sent events */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Server-sent events */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description trimtab failed */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not available right now; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process lives */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It does */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What work needs is there; `missing` names what is not */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Ready */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ready" | "not ready";
                            missing: string[];
                        };
                    };
                };
                /** @description Not ready; see Retry-After */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ready" | "not ready";
                            missing: string[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Metrics */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This page */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OpenAPI 3.1 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
                /** @description No key or session, or one that is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Without the scope, or for another address */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Step: {
            step: string;
            occurrence: number;
            pass: number;
            superseded_by: number | null;
            /** @enum {string} */
            kind: "generate" | "retrieve" | "review" | "act";
            /** @enum {string} */
            status: "running" | "accepted" | "failed" | "superseded";
            attempts: components["schemas"]["Attempt"][];
        };
        Attempt: {
            attempt: number;
            answer: number | null;
            remedy: string;
            provider: string | null;
            model: string | null;
            demo: boolean;
            prompt: {
                name: string;
                version: string;
            } | null;
            input?: unknown;
            sent?: unknown;
            output?: unknown;
            /** @enum {string|null} */
            outcome: "accepted" | "accepted_under_exhaustion" | "rejected" | "unsure" | "sampled" | "invalid" | "truncated" | "refused" | "filtered" | "empty" | "too_large" | "rate_limited" | "overloaded" | "transport" | "spend_cap" | "auth" | "model_gone" | "cancelled" | "abandoned" | null;
            verdicts: components["schemas"]["Verdict"][];
            sources: {
                source: string;
                /** @enum {string} */
                status: "answered" | "empty" | "unavailable";
                passages: number;
                note?: string;
            }[];
            calls: {
                call: string;
                provider: string | null;
                model: string | null;
                sent?: unknown;
                output?: unknown;
                outcome: string | null;
                usage: {
                    input_tokens: number;
                    output_tokens: number;
                    cached_tokens?: number;
                    reasoning_tokens?: number;
                } | null;
                cost_usd: number | null;
                latency_ms: number | null;
                error: string | null;
            }[];
            usage: {
                input_tokens: number;
                output_tokens: number;
                cached_tokens?: number;
                reasoning_tokens?: number;
            } | null;
            cost_usd: number | null;
            started_at: string;
            ended_at: string | null;
            latency_ms: number | null;
            error: string | null;
        };
        Run: {
            id: string;
            chain: string;
            /** @enum {string} */
            status: "running" | "waiting" | "blocked" | "succeeded" | "failed" | "cancelled";
            input?: unknown;
            output?: unknown;
            error: {
                code: string;
                message: string;
                next: string;
                step: string | null;
            } | null;
            review_id: string | null;
            user: string | null;
            metadata: {
                [key: string]: unknown;
            };
            usage: {
                input_tokens: number;
                output_tokens: number;
                cost_usd: number;
                unknown_cost_calls: number;
                attempts: number;
            };
            plan: {
                loop: 1 | 2;
                run_id: string;
                chain: string;
                build: string;
                budget: {
                    usd: number | null;
                    tokens: number | null;
                    attempts: number;
                    within_ms: number;
                };
                steps: {
                    [key: string]: {
                        /** @enum {string} */
                        kind: "generate";
                        /** @enum {string} */
                        effect: "none";
                        /** @enum {string} */
                        place: "local" | "regular";
                        timeout_ms: number;
                        model: {
                            role: string;
                            provider: string;
                            model: string;
                            temperature: number | null;
                            max_output_tokens: number;
                            input_usd_per_mtok: number | null;
                            output_usd_per_mtok: number | null;
                            cached_usd_per_mtok?: number;
                            /** @enum {string} */
                            api?: "chat" | "responses";
                            /** @enum {string} */
                            structured?: "schema" | "text";
                            timeout_ms?: number;
                            demo: boolean;
                            /** @enum {string} */
                            place?: "local" | "regular";
                        };
                        models: {
                            [key: string]: {
                                role: string;
                                provider: string;
                                model: string;
                                temperature: number | null;
                                max_output_tokens: number;
                                input_usd_per_mtok: number | null;
                                output_usd_per_mtok: number | null;
                                cached_usd_per_mtok?: number;
                                /** @enum {string} */
                                api?: "chat" | "responses";
                                /** @enum {string} */
                                structured?: "schema" | "text";
                                timeout_ms?: number;
                                demo: boolean;
                                /** @enum {string} */
                                place?: "local" | "regular";
                            };
                        };
                        prompt: {
                            name: string;
                            version: string;
                            chars: number;
                        };
                        checks: string[];
                        critics: {
                            name: string;
                            version: string;
                            model: {
                                role: string;
                                provider: string;
                                model: string;
                                temperature: number | null;
                                max_output_tokens: number;
                                input_usd_per_mtok: number | null;
                                output_usd_per_mtok: number | null;
                                cached_usd_per_mtok?: number;
                                /** @enum {string} */
                                api?: "chat" | "responses";
                                /** @enum {string} */
                                structured?: "schema" | "text";
                                timeout_ms?: number;
                                demo: boolean;
                                /** @enum {string} */
                                place?: "local" | "regular";
                            };
                            prompt: {
                                name: string;
                                version: string;
                                chars: number;
                            };
                        }[];
                        ladder: ({
                            /** @enum {string} */
                            rung: "reask";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "revise";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "resample";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "vote";
                            cap: number;
                            samples: number;
                            margin: number;
                        } | {
                            /** @enum {string} */
                            rung: "best_of";
                            cap: number;
                            of: number;
                            judge: string;
                        } | {
                            /** @enum {string} */
                            rung: "model";
                            cap: number;
                            model: string;
                        } | {
                            /** @enum {string} */
                            rung: "backtrack";
                            cap: number;
                            to: string;
                        } | {
                            /** @enum {string} */
                            rung: "human";
                            cap: number;
                            queue: string;
                        } | {
                            /** @enum {string} */
                            rung: "fail";
                            /** @enum {number} */
                            cap: 1;
                        } | {
                            /** @enum {string} */
                            rung: "best";
                            /** @enum {number} */
                            cap: 1;
                        })[];
                        sample?: {
                            /** @enum {string} */
                            rung: "reask";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "revise";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "resample";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "vote";
                            cap: number;
                            samples: number;
                            margin: number;
                        } | {
                            /** @enum {string} */
                            rung: "best_of";
                            cap: number;
                            of: number;
                            judge: string;
                        } | {
                            /** @enum {string} */
                            rung: "model";
                            cap: number;
                            model: string;
                        } | {
                            /** @enum {string} */
                            rung: "backtrack";
                            cap: number;
                            to: string;
                        } | {
                            /** @enum {string} */
                            rung: "human";
                            cap: number;
                            queue: string;
                        } | {
                            /** @enum {string} */
                            rung: "fail";
                            /** @enum {number} */
                            cap: 1;
                        } | {
                            /** @enum {string} */
                            rung: "best";
                            /** @enum {number} */
                            cap: 1;
                        };
                        sample_judges?: {
                            [key: string]: {
                                name: string;
                                version: string;
                                model: {
                                    role: string;
                                    provider: string;
                                    model: string;
                                    temperature: number | null;
                                    max_output_tokens: number;
                                    input_usd_per_mtok: number | null;
                                    output_usd_per_mtok: number | null;
                                    cached_usd_per_mtok?: number;
                                    /** @enum {string} */
                                    api?: "chat" | "responses";
                                    /** @enum {string} */
                                    structured?: "schema" | "text";
                                    timeout_ms?: number;
                                    demo: boolean;
                                    /** @enum {string} */
                                    place?: "local" | "regular";
                                };
                                prompt: {
                                    name: string;
                                    version: string;
                                    chars: number;
                                };
                            };
                        };
                        tools?: {
                            list: {
                                name: string;
                                /** @enum {string} */
                                effect: "reads" | "writes";
                                /** @enum {string} */
                                place: "local" | "regular";
                                timeout_ms: number;
                                chars: number;
                                usd?: number;
                            }[];
                            turns: number;
                        };
                    } | {
                        /** @enum {string} */
                        kind: "retrieve";
                        /** @enum {string} */
                        effect: "reads";
                        /** @enum {string} */
                        place: "local" | "regular";
                        timeout_ms: number;
                        sources: string[];
                        keep: number;
                        checks: string[];
                        ladder: ({
                            /** @enum {string} */
                            rung: "reask";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "revise";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "resample";
                            cap: number;
                        } | {
                            /** @enum {string} */
                            rung: "vote";
                            cap: number;
                            samples: number;
                            margin: number;
                        } | {
                            /** @enum {string} */
                            rung: "best_of";
                            cap: number;
                            of: number;
                            judge: string;
                        } | {
                            /** @enum {string} */
                            rung: "model";
                            cap: number;
                            model: string;
                        } | {
                            /** @enum {string} */
                            rung: "backtrack";
                            cap: number;
                            to: string;
                        } | {
                            /** @enum {string} */
                            rung: "human";
                            cap: number;
                            queue: string;
                        } | {
                            /** @enum {string} */
                            rung: "fail";
                            /** @enum {number} */
                            cap: 1;
                        } | {
                            /** @enum {string} */
                            rung: "best";
                            /** @enum {number} */
                            cap: 1;
                        })[];
                        usd?: number;
                    } | {
                        /** @enum {string} */
                        kind: "act";
                        /** @enum {string} */
                        effect: "writes";
                        /** @enum {string} */
                        place: "local" | "regular";
                        timeout_ms: number;
                    } | {
                        /** @enum {string} */
                        kind: "review";
                        /** @enum {string} */
                        effect: "asks";
                        of: string;
                        queue: string;
                        due_ms: number | null;
                        escalate: {
                            after_ms: number;
                            to: string;
                        } | null;
                        expires_ms: number;
                        returns: number;
                    };
                };
                limits: {
                    silent_tries: number;
                    max_wait_ms: number;
                    human_expires_ms: number;
                };
                seed: number;
                thresholds: {
                    [key: string]: number;
                };
                arm: string | null;
            } | null;
            demo: boolean;
            started_at: string;
            ended_at: string | null;
        };
        Review: {
            id: string;
            queue: string;
            run_id: string;
            chain: string;
            step: string;
            occurrence: number;
            /** @enum {string} */
            kind: "review" | "human" | "tool";
            /** @enum {string} */
            status: "pending" | "decided" | "expired" | "cancelled";
            version: number;
            value?: unknown;
            original?: unknown;
            context?: unknown;
            verdicts: components["schemas"]["Verdict"][];
            created_at: string;
            due_at: string | null;
            expires_at: string;
            claimed_by: string | null;
            claimed_by_id: string | null;
            claimed_until: string | null;
            assignee: string | null;
            assignee_id: string | null;
            decision: {
                id: string;
                /** @enum {string} */
                decision: "approve" | "edit" | "reject" | "respond";
                value?: unknown;
                original?: unknown;
                reason: string | null;
                comment: string | null;
                by: string;
                by_id?: string;
                at: string;
            } | null;
            demo: boolean;
        };
        Plan: {
            loop: 1 | 2;
            run_id: string;
            chain: string;
            build: string;
            budget: {
                usd: number | null;
                tokens: number | null;
                attempts: number;
                within_ms: number;
            };
            steps: {
                [key: string]: {
                    /** @enum {string} */
                    kind: "generate";
                    /** @enum {string} */
                    effect: "none";
                    /** @enum {string} */
                    place: "local" | "regular";
                    timeout_ms: number;
                    model: {
                        role: string;
                        provider: string;
                        model: string;
                        temperature: number | null;
                        max_output_tokens: number;
                        input_usd_per_mtok: number | null;
                        output_usd_per_mtok: number | null;
                        cached_usd_per_mtok?: number;
                        /** @enum {string} */
                        api?: "chat" | "responses";
                        /** @enum {string} */
                        structured?: "schema" | "text";
                        timeout_ms?: number;
                        demo: boolean;
                        /** @enum {string} */
                        place?: "local" | "regular";
                    };
                    models: {
                        [key: string]: {
                            role: string;
                            provider: string;
                            model: string;
                            temperature: number | null;
                            max_output_tokens: number;
                            input_usd_per_mtok: number | null;
                            output_usd_per_mtok: number | null;
                            cached_usd_per_mtok?: number;
                            /** @enum {string} */
                            api?: "chat" | "responses";
                            /** @enum {string} */
                            structured?: "schema" | "text";
                            timeout_ms?: number;
                            demo: boolean;
                            /** @enum {string} */
                            place?: "local" | "regular";
                        };
                    };
                    prompt: {
                        name: string;
                        version: string;
                        chars: number;
                    };
                    checks: string[];
                    critics: {
                        name: string;
                        version: string;
                        model: {
                            role: string;
                            provider: string;
                            model: string;
                            temperature: number | null;
                            max_output_tokens: number;
                            input_usd_per_mtok: number | null;
                            output_usd_per_mtok: number | null;
                            cached_usd_per_mtok?: number;
                            /** @enum {string} */
                            api?: "chat" | "responses";
                            /** @enum {string} */
                            structured?: "schema" | "text";
                            timeout_ms?: number;
                            demo: boolean;
                            /** @enum {string} */
                            place?: "local" | "regular";
                        };
                        prompt: {
                            name: string;
                            version: string;
                            chars: number;
                        };
                    }[];
                    ladder: ({
                        /** @enum {string} */
                        rung: "reask";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "revise";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "resample";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "vote";
                        cap: number;
                        samples: number;
                        margin: number;
                    } | {
                        /** @enum {string} */
                        rung: "best_of";
                        cap: number;
                        of: number;
                        judge: string;
                    } | {
                        /** @enum {string} */
                        rung: "model";
                        cap: number;
                        model: string;
                    } | {
                        /** @enum {string} */
                        rung: "backtrack";
                        cap: number;
                        to: string;
                    } | {
                        /** @enum {string} */
                        rung: "human";
                        cap: number;
                        queue: string;
                    } | {
                        /** @enum {string} */
                        rung: "fail";
                        /** @enum {number} */
                        cap: 1;
                    } | {
                        /** @enum {string} */
                        rung: "best";
                        /** @enum {number} */
                        cap: 1;
                    })[];
                    sample?: {
                        /** @enum {string} */
                        rung: "reask";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "revise";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "resample";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "vote";
                        cap: number;
                        samples: number;
                        margin: number;
                    } | {
                        /** @enum {string} */
                        rung: "best_of";
                        cap: number;
                        of: number;
                        judge: string;
                    } | {
                        /** @enum {string} */
                        rung: "model";
                        cap: number;
                        model: string;
                    } | {
                        /** @enum {string} */
                        rung: "backtrack";
                        cap: number;
                        to: string;
                    } | {
                        /** @enum {string} */
                        rung: "human";
                        cap: number;
                        queue: string;
                    } | {
                        /** @enum {string} */
                        rung: "fail";
                        /** @enum {number} */
                        cap: 1;
                    } | {
                        /** @enum {string} */
                        rung: "best";
                        /** @enum {number} */
                        cap: 1;
                    };
                    sample_judges?: {
                        [key: string]: {
                            name: string;
                            version: string;
                            model: {
                                role: string;
                                provider: string;
                                model: string;
                                temperature: number | null;
                                max_output_tokens: number;
                                input_usd_per_mtok: number | null;
                                output_usd_per_mtok: number | null;
                                cached_usd_per_mtok?: number;
                                /** @enum {string} */
                                api?: "chat" | "responses";
                                /** @enum {string} */
                                structured?: "schema" | "text";
                                timeout_ms?: number;
                                demo: boolean;
                                /** @enum {string} */
                                place?: "local" | "regular";
                            };
                            prompt: {
                                name: string;
                                version: string;
                                chars: number;
                            };
                        };
                    };
                    tools?: {
                        list: {
                            name: string;
                            /** @enum {string} */
                            effect: "reads" | "writes";
                            /** @enum {string} */
                            place: "local" | "regular";
                            timeout_ms: number;
                            chars: number;
                            usd?: number;
                        }[];
                        turns: number;
                    };
                } | {
                    /** @enum {string} */
                    kind: "retrieve";
                    /** @enum {string} */
                    effect: "reads";
                    /** @enum {string} */
                    place: "local" | "regular";
                    timeout_ms: number;
                    sources: string[];
                    keep: number;
                    checks: string[];
                    ladder: ({
                        /** @enum {string} */
                        rung: "reask";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "revise";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "resample";
                        cap: number;
                    } | {
                        /** @enum {string} */
                        rung: "vote";
                        cap: number;
                        samples: number;
                        margin: number;
                    } | {
                        /** @enum {string} */
                        rung: "best_of";
                        cap: number;
                        of: number;
                        judge: string;
                    } | {
                        /** @enum {string} */
                        rung: "model";
                        cap: number;
                        model: string;
                    } | {
                        /** @enum {string} */
                        rung: "backtrack";
                        cap: number;
                        to: string;
                    } | {
                        /** @enum {string} */
                        rung: "human";
                        cap: number;
                        queue: string;
                    } | {
                        /** @enum {string} */
                        rung: "fail";
                        /** @enum {number} */
                        cap: 1;
                    } | {
                        /** @enum {string} */
                        rung: "best";
                        /** @enum {number} */
                        cap: 1;
                    })[];
                    usd?: number;
                } | {
                    /** @enum {string} */
                    kind: "act";
                    /** @enum {string} */
                    effect: "writes";
                    /** @enum {string} */
                    place: "local" | "regular";
                    timeout_ms: number;
                } | {
                    /** @enum {string} */
                    kind: "review";
                    /** @enum {string} */
                    effect: "asks";
                    of: string;
                    queue: string;
                    due_ms: number | null;
                    escalate: {
                        after_ms: number;
                        to: string;
                    } | null;
                    expires_ms: number;
                    returns: number;
                };
            };
            limits: {
                silent_tries: number;
                max_wait_ms: number;
                human_expires_ms: number;
            };
            seed: number;
            thresholds: {
                [key: string]: number;
            };
            arm: string | null;
        };
        Decision: {
            id: string;
            /** @enum {string} */
            decision: "approve" | "edit" | "reject" | "respond";
            value?: unknown;
            original?: unknown;
            reason: string | null;
            comment: string | null;
            by: string;
            by_id?: string;
            at: string;
        };
        Verdict: {
            critic: string;
            version: string;
            /** @enum {string} */
            verdict: "pass" | "fail" | "unsure";
            score: number | null;
            reason: string;
            at: {
                quote?: string;
                pointer?: string;
            } | null;
            blames: {
                step: string;
                occurrence: number | null;
            } | null;
            evidence: string[];
            missing?: string;
        };
        Feedback: {
            id: string;
            run_id: string;
            type: string;
            value?: unknown;
            user: string | null;
            step: string | null;
            attempt: number | null;
            created_at: string;
        };
        Webhook: {
            id: string;
            url: string;
            events: ("run.ended" | "run.blocked" | "review.created" | "review.decided")[];
            created_at: string;
            disabled: boolean;
            secret?: string;
        };
        Delivery: {
            id: string;
            webhook_id: string;
            /** @enum {string} */
            event: "run.ended" | "run.blocked" | "review.created" | "review.decided";
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            tries: number;
            last_status: number | null;
            last_error: string | null;
            created_at: string;
            delivered_at: string | null;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
            next: string;
            docs: string;
            request_id: string;
            errors?: {
                pointer: string;
                detail: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
