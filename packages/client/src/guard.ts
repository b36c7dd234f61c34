/** Calls back into the app; what it throws hurts nobody else. False when it threw. */
export function guard(what: string, call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    console.error(`[tidings] ${what} threw`, error);
    return false;
  }
}
