/** Asks the server whether the session this page was made for still stands, and whether this tab may stay open. */
const PATIENCE = 5_000;
const STATES = ['open', 'locked', 'ended'];

/**
 * @typedef {{state: string, user?: string, news?: boolean, why?: string, by?: string, at?: string, said?: string}}
 *   State - open, locked or ended
 * @param {{tab: string, notices: string}} of - tab: the one whose key the server keeps, or ''; notices: the version
 *   shown, or ''
 * @returns {Promise<State|null>} null: no answer of ours. A proxy, or the sign-in page of a network, answers too, with
 *   401 or with 200; it can’t repeat a number that was made up for this question.
 */
export function askState({ tab, notices }) {
  const question = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  // Its time-out is the browser’s own: no timer of a page in the background, which is slowed down
  const asking = new XMLHttpRequest();
  asking.open('GET', `/sessions/state?${new URLSearchParams({ question, tab, notices })}`);
  asking.setRequestHeader('Accept', 'application/octet-stream');
  asking.timeout = PATIENCE;
  return new Promise((resolve) => {
    asking.addEventListener('loadend', () => {
      const answer = asking.status === 200 ? jsonIn(asking.responseText) : null;
      resolve(answer?.question === question && STATES.includes(answer.state) ? answer : null);
    });
    asking.send();
  });
}

function jsonIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
