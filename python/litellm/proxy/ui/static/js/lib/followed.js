// Waiting until the gateway serves what was stored: every process follows the database a moment later.

const TRIES = 20;
const PAUSE_MS = 250;

/** Wait until `check` gives what is true. Throws an Error that names the `noun` when it does not come to that. */
export async function followed(noun, check) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await check()) return;
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  }
  throw new Error(`The ${noun} is stored, and not served yet. The gateway's log says why.`);
}

/** Calls that wait until `rows()` shows the change: rows are told apart by `id`, and tell when they were changed. */
export function waiting(noun, id, rows) {
  const find = async (key) => (await rows()).find((row) => row[id] === key);
  const shows = async (made) => {
    await followed(noun, async () => (await find(made[id]))?.updated_at === made.updated_at);
    return made;
  };
  return {
    stored: async (call) => shows(await call),
    removed: async (call, row) => {
      await call;
      await followed(noun, async () => !(await find(row[id])));
    },
  };
}
