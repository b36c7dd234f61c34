/** One thing the server found wrong, and where. */
export interface ProblemDetail {
  /** Where, for example `body.price.amount`. */
  location?: string;
  message: string;
}

interface ProblemJson {
  title?: string;
  detail?: string;
  code?: string;
  errors?: ProblemDetail[];
  current?: unknown;
}

/** The request never got an answer: offline, refused, or timed out. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** The server's answer when it refuses (RFC 9457), in words fit for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The stable reason, such as `conflict`; empty if the answer had none. */
  readonly code: string;
  readonly errors: readonly ProblemDetail[];
  /** The entity as it is now, for a conflict. */
  readonly current: unknown;

  constructor(status: number, problem: ProblemJson) {
    super(messageOf(status, problem));
    this.status = status;
    this.code = problem.code ?? '';
    this.errors = problem.errors ?? [];
    this.current = problem.current;
  }

  /** Reads an answer; one that is no problem+json still gets a decent message. */
  static async from(response: Response): Promise<ApiError> {
    const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
    const body: unknown = isJson ? await response.json().catch(() => null) : null;
    const problem = typeof body === 'object' && body !== null ? (body as ProblemJson) : {};
    return new ApiError(response.status, problem);
  }

  /** Field name → message, for a form: `body.price.amount` blames `price`. */
  fieldErrors(): Record<string, string> {
    const byField: Record<string, string> = {};
    for (const { location, message } of this.errors) {
      const field = fieldOf(location);
      if (field) byField[field] ??= sentence(message);
    }
    return byField;
  }
}

function messageOf(status: number, { detail, title, errors }: ProblemJson): string {
  const [blamed] = errors ?? [];
  // The validator's own findings name their place as programs do.
  const isFinding = blamed && (!detail || detail === `${blamed.location}: ${blamed.message}`);
  if (isFinding) return sentence(findingOf(blamed));
  if (detail) return sentence(detail);
  if (status >= 500) return 'The server has a problem. Please try again in a moment.';
  return title ?? `The server answered ${status}.`;
}

/** `body.price.amount` is a part of `price`. */
const fieldOf = (location = ''): string | undefined => location.match(/^body\.([^.[]+)/)?.[1];

function findingOf({ location, message }: ProblemDetail): string {
  const field = fieldOf(location)
    ?.replace(/_(id|url)$/, '')
    .replaceAll('_', ' ');
  return field ? `${field} ${message}` : message;
}

/** The server writes its messages as parts of a sentence: "there is no such invite". */
const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

/** Any error in words fit for people. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError || error instanceof NetworkError) return error.message;
  return 'Something went wrong. Please try again.';
}

export const isApiError = (error: unknown, code?: string): error is ApiError =>
  error instanceof ApiError && (code === undefined || error.code === code);
