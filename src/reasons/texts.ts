// Texts by code: one for each code of a union, made from the parameters that come with the code.

/** A union told apart by its code: for each code in `Map`, that code with its parameters. */
export type Coded<Map, Code extends keyof Map = keyof Map> = {
  readonly [C in Code]: { readonly code: C } & Map[C];
}[Code];

/** A text for each code: the compiler refuses a table with a hole. */
export type Texts<Map> = { readonly [Code in keyof Map]: (parameters: Map[Code]) => string };

/** The text of a coded value. */
export function renderCoded<Map, Code extends keyof Map>(texts: Texts<Map>, coded: Coded<Map, Code>): string {
  return texts[coded.code](coded);
}
