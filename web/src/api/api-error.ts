/** What every failed request throws: a stable code that the pages translate, and the values for its text. */
export type ProblemParams = Readonly<Record<string, string | number>>;

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: ProblemParams = {},
    detail = "",
  ) {
    super(detail || code);
  }
}
