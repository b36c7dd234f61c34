import { TidingsError } from './errors';
import type { WSEvent } from './types';

/**
 * The part of the Standard Schema interface (standardschema.dev) that is needed here; Zod, Valibot,
 * ArkType and others implement it.
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** What a schema says about a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** An event's payload is not what its schema wants. */
export class PayloadError extends TidingsError {
  constructor(
    readonly event: WSEvent,
    readonly issues: readonly SchemaIssue[],
  ) {
    const first = issues[0];
    const path = first?.path?.map((part) => String(typeof part === 'object' ? part.key : part));
    super(
      'invalid_payload',
      `payload of ${event.topic}, entity ${event.data.entity_id}` +
        `${path?.length ? `, field ${path.join('.')}` : ''}: ${first?.message ?? 'is invalid'}`,
    );
  }
}

/**
 * Wraps a handler so that it only gets payloads that a schema accepts, as the schema gives them
 * out. For any other it throws a {@link PayloadError}: `useRealtimeSync` then refetches instead.
 *
 * ```ts
 * useRealtimeSync({ topic, queryKey, onEvent: validated(Gift, (event, queryClient) => …) });
 * ```
 *
 * @param schema - Must decide at once: an asynchronous one is refused.
 */
export function validated<Output, Rest extends unknown[]>(
  schema: StandardSchema<Output>,
  handler: (event: WSEvent<Output>, ...rest: Rest) => void,
): (event: WSEvent, ...rest: Rest) => void {
  return (event, ...rest) => {
    const result = schema['~standard'].validate(event.data.payload);
    if (result instanceof Promise) {
      throw new TypeError('validated() needs a synchronous schema: events are handled in order');
    }
    if (result.issues) throw new PayloadError(event, result.issues);
    handler({ ...event, data: { ...event.data, payload: result.value } }, ...rest);
  };
}
