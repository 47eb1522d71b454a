"""What a browser keeps of a vault, and a folder of the member’s: as a test sees them."""

import base64
from typing import Any

from playwright.sync_api import Page

# A folder that Chromium can be given without its dialog: one in the private file system, which is of the same kind.
PICKER = """() => {
  globalThis.showDirectoryPicker = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
}"""
LIST = """async (folder) => {
  const root = await navigator.storage.getDirectory();
  const found = [];
  for await (const [name, handle] of (await root.getDirectoryHandle(folder, { create: true })).entries()) {
    const octets = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    found.push([name, btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''))]);
  }
  return found.sort();
}"""
PUT = """async ([folder, name, content]) => {
  const root = await navigator.storage.getDirectory();
  const handle = await (await root.getDirectoryHandle(folder, { create: true })).getFileHandle(name, { create: true });
  const writing = await handle.createWritable();
  await writing.write(Uint8Array.from(atob(content), (character) => character.charCodeAt(0)));
  await writing.close();
}"""
LISTED = """async ([user, account]) => {
  const address = new URL('../js/backups/local-copies.js', document.querySelector('link[rel=icon]').href);
  const { copies, ...rest } = await (await import(address)).copiesOf(user, account);
  return { ...rest, copies: copies.map(({ read, remove, ...facts }) => facts) };
}"""
NOTED = """async (user) => {
  const address = new URL('../js/backups/local-copies.js', document.querySelector('link[rel=icon]').href);
  return (await (await import(address)).settingsOf(user)).last !== null;
}"""
CHANGE = """async ([user, fields]) => {
  const address = new URL('../js/backups/local-copies.js', document.querySelector('link[rel=icon]').href);
  await (await import(address)).changeSettings(user, (now) => (
    { ...fields, last: fields.last ? { ...now.last, ...fields.last } : now.last }));
}"""


def pick_folder(page: Page) -> None:
    """From now on the dialog for a folder is answered with one named `picked`."""
    page.context.add_init_script(f"({PICKER})()")
    page.evaluate(PICKER)


def wait_for_copy(page: Page, user: str) -> None:
    """Until the browser has kept one by itself, and noted it."""
    page.wait_for_function(NOTED, arg=user)


def settle(page: Page) -> None:
    """Until a copy that was due when the page showed what it shows now is kept; nothing, where none was."""
    page.evaluate("() => navigator.locks.request('spare-key/copies', async () => {})")


def change_settings(page: Page, user: str, **fields: Any) -> None:
    """What the browser remembers of its copies, as if it had been so."""
    page.evaluate(CHANGE, [user, fields])


def files_in(page: Page, folder: str) -> dict[str, bytes]:
    """Name and content of everything in a folder: `picked`, or a member’s id for what the browser keeps of theirs."""
    return {name: base64.b64decode(content) for name, content in page.evaluate(LIST, folder)}


def put_file(page: Page, folder: str, name: str, content: bytes) -> None:
    """A file there."""
    page.evaluate(PUT, [folder, name, base64.b64encode(content).decode()])


def listed(page: Page, user: str, account: str) -> dict[str, Any]:
    """What the page for a recovery would be told: no vault need be open."""
    found: dict[str, Any] = page.evaluate(LISTED, [user, account])
    return found
