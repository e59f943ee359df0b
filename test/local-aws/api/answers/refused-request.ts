/** What AWS answers to a request that is not valid. */
const BAD_REQUEST = 400;

/** An error in the form of AWS JSON 1.1. */
export interface ApiFailure {
  readonly status: number;
  /** Name of the error: `AccessDeniedException`. */
  readonly type: string;
  readonly message: string;
  /** How many calls fail so; all, when left out. */
  readonly times?: number;
}

/** A request that the service refuses. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly failure: ApiFailure;

  constructor(type: string, message: string, status = BAD_REQUEST) {
    super(message);
    this.failure = { status, type, message };
  }
}
