"""Drafts in the vault’s page: writing one, finding it again, and what this browser has kept of it."""

from playwright.sync_api import Page, expect

from tests.support.vault.vault_pages import open_item

SECRET = "tr0ub4dor&3 of mine"
KEPT = "item-form[data-draft=kept]"
OFFERED = "What you were writing is kept in this browser"
STORED = """async () => {
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('spare-key');
    opening.onsuccess = () => resolve(opening.result);
  });
  const store = database.transaction('files').objectStore('files');
  const all = (asking) => new Promise((resolve) => { asking.onsuccess = () => resolve(asking.result); });
  const [names, values] = [await all(store.getAllKeys()), await all(store.getAll())];
  database.close();
  const inside = names.map((name, i) => [name, btoa(String.fromCharCode(...(values[i].sealed ?? [])))]);
  return [...inside, ...Object.entries(localStorage)].filter(([name]) => name.includes('/drafts/'));
}"""
FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (String(key).includes('/drafts/')) throw new DOMException('full', 'QuotaExceededError');
    return put.call(this, value, key);
  };
}"""
FULL_TOO = "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"


def begin(page: Page, title: str = "New bank", password: str = SECRET) -> None:
    """Type a login, as far as it is kept."""
    page.get_by_role("button", name="Add Login").click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator(KEPT).wait_for()


def edit(page: Page, title: str, **fields: str) -> None:
    """Change fields of an item, as far as that is kept."""
    open_item(page, title)
    page.get_by_role("button", name="Edit").click()
    for label, value in fields.items():
        page.get_by_label(label, exact=label in ("Title", "Password")).fill(value)
    page.locator(KEPT).wait_for()


def go_on(page: Page, words: str) -> None:
    """[Continue] of the draft that says so."""
    page.get_by_role("listitem").filter(has_text=words).get_by_role("button", name="Continue").click()


def stored(page: Page) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = page.evaluate(STORED)
    return found


def expect_back(page: Page, title: str = "New bank", password: str = SECRET) -> None:
    """The form, with what had been typed."""
    expect(page.get_by_text(OFFERED)).to_be_visible()
    go_on(page, title)
    expect(page.get_by_label("Title", exact=True)).to_have_value(title)
    expect(page.get_by_label("Password", exact=True)).to_have_value(password)
