import { globalAgent } from 'node:https';
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { bareHost, EgressRefused, type Target } from './policy.ts';

const connectMs = 5_000;

type Connector = ReturnType<typeof buildConnector>;

/** Connects to one of the checked addresses and to nothing else; the certificate must be the name's. */
function connectorTo(target: Target, addresses: readonly string[]): Connector {
  const ca = globalAgent.options.ca;
  const connect = buildConnector({ timeout: connectMs, ...(ca ? { ca } : {}) });
  const { host } = target;
  return (options, callback) => {
    if (bareHost(options.hostname) !== host) {
      callback(new EgressRefused(`${options.hostname} is not the host that was checked`), null);
      return;
    }
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const tryAt = (at: number): void => {
      connect({ ...options, hostname: addresses[at] as string, ...servername }, (...answer) => {
        if (answer[0] !== null && at + 1 < addresses.length) tryAt(at + 1);
        else callback(...answer);
      });
    };
    tryAt(0);
  };
}

/** Counts what comes over the wire, before it is unpacked. */
const counting =
  (mostBytes: number): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) => {
    let bytes = 0;
    const counted: Dispatcher.DispatchHandler = {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, ...rest) => handler.onRequestUpgrade?.(controller, ...rest),
      onResponseStart: (controller, ...rest) => handler.onResponseStart?.(controller, ...rest),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      onResponseData(controller, chunk) {
        bytes += chunk.byteLength;
        if (bytes > mostBytes) controller.abort(new EgressRefused(`the answer is longer than ${mostBytes} bytes`));
        else handler.onResponseData?.(controller, chunk);
      },
    };
    return dispatch(options, counted);
  };

/** A dispatcher for one request to one checked place. Destroy it when the answer is read. */
export function dispatcherTo(target: Target, addresses: readonly string[], mostBytes: number): { via: Dispatcher; end(): void } {
  const agent = new Agent({ connect: connectorTo(target, addresses), maxHeaderSize: 32_768, pipelining: 0 });
  return { via: agent.compose(counting(mostBytes)), end: () => void agent.destroy().catch(() => undefined) };
}
