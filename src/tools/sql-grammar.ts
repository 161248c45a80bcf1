/**
 * The part of SQL that is let through, as the parser names it: node -> field -> what the field holds. A node or field that is not
 * here is refused, so that what Postgres learns to do later is closed until somebody opens it.
 * `value`: no nodes inside. `nodes`: wrapped nodes or a list of them. A name: that node, unwrapped.
 */
export type Field = 'value' | 'nodes' | (string & {});

const value = 'value';
const nodes = 'nodes';

export const grammar: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  SelectStmt: {
    distinctClause: nodes,
    targetList: nodes,
    fromClause: nodes,
    whereClause: nodes,
    groupClause: nodes,
    groupDistinct: value,
    havingClause: nodes,
    windowClause: nodes,
    valuesLists: nodes,
    sortClause: nodes,
    limitOffset: nodes,
    limitCount: nodes,
    limitOption: value,
    withClause: 'WithClause',
    op: value,
    all: value,
    larg: 'SelectStmt',
    rarg: 'SelectStmt',
  },
  WithClause: { ctes: nodes },
  CommonTableExpr: { ctename: value, aliascolnames: nodes, ctematerialized: value, ctequery: nodes },
  ResTarget: { name: value, val: nodes },
  ColumnRef: { fields: nodes },
  RangeVar: { schemaname: value, relname: value, inh: value, relpersistence: value, alias: 'Alias' },
  RangeSubselect: { lateral: value, subquery: nodes, alias: 'Alias' },
  JoinExpr: {
    jointype: value,
    isNatural: value,
    larg: nodes,
    rarg: nodes,
    usingClause: nodes,
    join_using_alias: 'Alias',
    quals: nodes,
    alias: 'Alias',
  },
  Alias: { aliasname: value, colnames: nodes },
  A_Const: { ival: value, fval: value, boolval: value, sval: value, isnull: value },
  A_Expr: { kind: value, name: nodes, lexpr: nodes, rexpr: nodes },
  BoolExpr: { boolop: value, args: nodes },
  NullTest: { arg: nodes, nulltesttype: value },
  BooleanTest: { arg: nodes, booltesttype: value },
  CaseExpr: { arg: nodes, args: nodes, defresult: nodes },
  CaseWhen: { expr: nodes, result: nodes },
  CoalesceExpr: { args: nodes },
  MinMaxExpr: { op: value, args: nodes },
  SubLink: { subLinkType: value, testexpr: nodes, operName: nodes, subselect: nodes },
  FuncCall: {
    funcname: nodes,
    args: nodes,
    agg_order: nodes,
    agg_filter: nodes,
    agg_within_group: value,
    agg_star: value,
    agg_distinct: value,
    funcformat: value,
    over: 'WindowDef',
  },
  WindowDef: {
    name: value,
    refname: value,
    partitionClause: nodes,
    orderClause: nodes,
    frameOptions: value,
    startOffset: nodes,
    endOffset: nodes,
  },
  SortBy: { node: nodes, sortby_dir: value, sortby_nulls: value },
  TypeCast: { arg: nodes, typeName: 'TypeName' },
  TypeName: { names: nodes, typmods: nodes, typemod: value, arrayBounds: nodes },
  SQLValueFunction: { op: value, typmod: value },
  RowExpr: { args: nodes, row_format: value },
  A_ArrayExpr: { elements: nodes },
  GroupingSet: { kind: value, content: nodes },
  GroupingFunc: { args: nodes },
  List: { items: nodes },
  String: { sval: value },
  Integer: { ival: value },
  Float: { fval: value },
  Boolean: { boolval: value },
  A_Star: {},
};

/** Where in the text something stood: of no weight. */
export const isPlace = (field: string): boolean => /(?:^|_)location$|(?:^|_)list_(?:start|end)$/.test(field);

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Functions that compute from what they are given: no settings, no files, no catalog, no sleep, nothing that makes much out of little. */
export const functions = words(
  'count sum avg min max bool_and bool_or every array_agg string_agg percentile_cont percentile_disc mode stddev stddev_pop stddev_samp variance var_pop var_samp corr ' +
    'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value ' +
    'abs ceil ceiling floor round trunc sign mod power sqrt exp ln log div width_bucket ' +
    'lower upper initcap length char_length character_length octet_length btrim ltrim rtrim substring substr left right position strpos replace split_part concat concat_ws starts_with reverse like_escape ' +
    'extract date_part date_trunc age now make_date to_char to_date to_timestamp to_number timezone date_bin justify_days justify_hours ' +
    'nullif cardinality array_length array_position',
);

export const operators = words('+ - * / % ^ = <> != < > <= >= || ~~ !~~ ~~* !~~* -> ->>');

export const types = words(
  'bool int2 int4 int8 float4 float8 numeric text varchar bpchar date time timetz timestamp timestamptz interval uuid',
);

/** Of the words that are functions without brackets: the times, not who one is. */
export const times = words('SVFOP_CURRENT_DATE SVFOP_CURRENT_TIME SVFOP_CURRENT_TIMESTAMP SVFOP_LOCALTIME SVFOP_LOCALTIMESTAMP');

export const systemColumns = words('tableoid ctid xmin xmax cmin cmax oid');
