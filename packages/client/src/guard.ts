/** Calls back into the app; what it throws hurts nobody else. */
export function guard(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    console.error(`[tidings] ${what} threw`, error);
  }
}
