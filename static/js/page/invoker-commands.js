/**
 * Dialogs open and close by invoker commands: a button’s `command` and `commandfor`. Chrome before 135, Firefox before
 * 144 and Safari before 26.2 know none, and there such a button would do nothing at all. This does the same for them.
 */
/** @type {Record<string, (dialog: HTMLDialogElement) => void>} */
const COMMANDS = {
  'show-modal': (dialog) => { if (!dialog.open) dialog.showModal(); },
  close: (dialog) => { if (dialog.open) dialog.close(); },
};

if (!('commandForElement' in HTMLButtonElement.prototype)) {
  document.addEventListener('click', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button[commandfor]');
    if (!button || event.defaultPrevented) return;
    const dialog = document.getElementById(button.getAttribute('commandfor') ?? '');
    if (dialog instanceof HTMLDialogElement) COMMANDS[button.getAttribute('command') ?? '']?.(dialog);
  });
}
