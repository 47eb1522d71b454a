"""Pairing in the browser, with somebody in between: every swap, replay, reflection and altered field has its code."""

from tests.browser.modules.conftest import Modules
from tests.browser.modules.crypto.test_pairing import STORY


def test_a_code_is_good_for_one_try(modules: Modules) -> None:
    assert modules(STORY + """const [wrong, garbage] = [await start(WRONG), await start()];
        const right = await pairing.answer({ exact: wrong.announcement.exact, offer: wrong.offered, code: CODE });
        const confirm = ([run, message]) => pairing.confirm(run.waiting, message, V);
        const codes = [];
        const tries = [[wrong, wrong.answered], [wrong, right.message], [garbage, '{}'], [garbage, garbage.answered]];
        for (const [run, message] of tries)
          codes.push(await code(() => confirm([run, message])));
        const typed = ['', '12345', '1234567', '12345a', '123456\\n', '１２３４５６'];
        return [codes, await surprises(typed.map((each) => ['malformed', each]), (each) => start(each))];""") == [
        ["wrong_code", "wrong_code", "malformed", "wrong_code"], [],
    ]  # fmt: skip


def test_the_announcement_is_the_new_devices_own_and_for_here(modules: Modules) -> None:
    assert modules(STORY + """const announced = await announceAs(fresh);
        const wrongs = { origin: 'https://elsewhere.example', organisation: old.device, user: old.device,
          pairing: old.device };
        const altered = Object.keys(JSON.parse(announced.exact)).filter((name) => !['v', 'type'].includes(name));
        return [
          await surprises([['no error', {}], ['wrong_origin', { origin: wrongs.origin }],
            ['wrong_member', { user: wrongs.user }], ['wrong_member', { organisation: wrongs.organisation }],
            ['wrong_pairing', { pairing: wrongs.pairing }]],
          (expected) => readAs(announced, expected)),
          await surprises(altered.map((name) => ['bad_signature', name]), (name) => {
            const value = { ...wrongs, ...other, nonce: base64(new Uint8Array(16)), browser: '',
              made_at: bytes.now().replace('20', '21') }[name];
            return readAs({ ...announced, exact: change(announced.exact, { [name]: value }) });
          }),
          await surprises(['v', 'type', 'sign', 'nonce'].map((name) => ['malformed', name]), (name) =>
            readAs({ ...announced, exact: change(announced.exact, { [name]: 2 }) })),
        ];""") == [[], [], []]  # fmt: skip


def test_swapped_keys_fail_even_with_the_right_code(modules: Modules) -> None:
    assert modules(STORY + """const genuine = await announceAs(fresh);
        const { device, sign, recipient } = other;
        const relayed = await signAs(change(genuine.exact, { device, sign, recipient }), 'spare-key/v1/pairing', other);
        const attempt = async (swap) => {
          const offered = await pairing.offer({ announcement: await readAs(relayed), code: CODE, ...old });
          const { message } = await pairing.answer({ exact: genuine.exact, offer: offered, code: CODE });
          const sent = swap ? change(message, { associated: base64(offered.state.adb) }) : message;
          return pairing.confirm(offered.state, sent, V);
        };
        return surprises([['wrong_pairing', false], ['wrong_code', true]], attempt);""") == []  # fmt: skip


def test_replayed_reflected_and_crossed_messages_are_refused(modules: Modules) -> None:
    assert modules(STORY + """const first = await start();
        const confirmed = await pairing.confirm(first.waiting, first.answered, V);
        const again = await start(CODE, first.announcement);
        const [one, two, three, four, five] = await Promise.all([start(), start(), start(), start(), start()]);
        const own = JSON.parse(one.answered).tag;
        const renamed = (message, run) => change(message, { pairing: run.announcement.pairing });
        const confirm = (run, message) => () => pairing.confirm(run.waiting, message, V);
        const accept = (run, message) => () => pairing.accept(run.state, message, fresh.identity);
        const answer = (run, offer) => () => pairing.answer({ exact: run.announcement.exact, offer, code: CODE });
        return surprises([
          ['wrong_code', confirm(first, first.answered)],
          ['wrong_code', confirm(again, first.answered)],
          ['wrong_code', accept(again, confirmed)],
          ['wrong_pairing', accept(one, confirmed)],
          ['wrong_code', accept(one, renamed(confirmed, one))],
          ['reflected', accept(one, change(confirmed, { pairing: one.announcement.pairing, tag: own }))],
          ['malformed', accept(one, one.answered)],
          ['malformed', accept(one, one.announcement.exact)],
          ['malformed', answer(one, one.announcement)],
          ['wrong_pairing', answer(one, two.offered)],
          ['wrong_pairing', confirm(one, two.answered)],
          ['wrong_code', confirm(three, renamed(two.answered, three))],
          ['reflected', confirm(four, change(four.answered, { share: base64(four.waiting.share) }))],
          ['reflected', confirm(five, change(five.answered, { associated: base64(five.waiting.ada) }))],
          ...['device', 'sign', 'recipient'].map((name) =>
            ['reflected', () => pairing.transcript(fresh, { ...old, [name]: fresh[name] })]),
        ], (work) => work());""") == []  # fmt: skip


def test_every_altered_field_is_refused(modules: Modules) -> None:
    assert modules(STORY + """const OFFER = 'spare-key/v1/pairing-offer';
        const neutral = base64(new Uint8Array(32));
        const offerWith = async (fields, keys) => {
          const run = await start();
          const exact = change(run.offered.exact, fields);
          const offer = keys ? await signAs(exact, OFFER, keys) : { exact, signature: run.offered.signature };
          const { message } = await pairing.answer({ exact: run.announcement.exact, offer, code: CODE });
          return pairing.confirm(run.waiting, message, V);
        };
        const answerWith = async (alter) => {
          const run = await start();
          return pairing.confirm(run.waiting, change(run.answered, alter(JSON.parse(run.answered))), V);
        };
        const keyWith = async (alter) => {
          const run = await start();
          const told = await pairing.confirm(run.waiting, run.answered, V);
          return pairing.accept(run.state, change(told, alter(JSON.parse(told))), fresh.identity);
        };
        const { device, sign, recipient } = other;
        return Promise.all([
          surprises([['bad_signature', { device }], ['bad_signature', { sign }], ['bad_signature', { recipient }],
            ['bad_signature', { share: neutral }], ['malformed', { v: 2 }], ['malformed', { nonce: '' }]],
          (fields) => offerWith(fields)),
          surprises([['wrong_code', {}], ['wrong_code', { device }], ['wrong_code', { recipient }],
            ['wrong_code', { nonce: base64(new Uint8Array(16)) }], ['bad_share', { share: neutral }]],
          (fields) => offerWith({ ...fields, sign }, other)),
          surprises([['no error', () => ({})], ['malformed', () => ({ v: 2 })], ['malformed', () => ({ tag: null })],
            ['wrong_pairing', () => ({ pairing: device })],
            ['wrong_pairing', ({ associated }) => ({ associated: flip(associated) })],
            ['wrong_code', ({ tag }) => ({ tag: flip(tag) })], ['bad_share', () => ({ share: neutral })],
            ['bad_share', () => ({ share: flip(neutral) })]], answerWith),
          surprises([['no error', () => ({})], ['malformed', () => ({ type: 'x' })],
            ['wrong_pairing', () => ({ pairing: device })], ['wrong_code', ({ tag }) => ({ tag: flip(tag) })],
            ['malformed', ({ sealed }) => ({ sealed: flip(sealed) })],
            ['malformed', () => ({ sealed: '' })]], keyWith),
        ]);""") == [[], [], [], []]  # fmt: skip


def test_codes_are_six_digits_each_as_likely_as_any(modules: Modules) -> None:
    assert modules(STORY + """const drawn = Array.from({ length: 20_000 }, pairing.makeCode);
        const uneven = [0, 1, 2, 3, 4, 5].flatMap((place) => [...'0123456789'].filter((digit) =>
          Math.abs(drawn.filter((each) => each[place] === digit).length - 2000) > 300));
        const genuine = crypto.getRandomValues;
        const drawing = (value) => Object.defineProperty(crypto, 'getRandomValues', { configurable: true, value });
        const given = (...numbers) => {
          drawing((array) => array.fill(numbers.shift()));
          return [pairing.makeCode(), numbers.length];
        };
        const edges = [[0], [999_999], [1_000_000], [4_293_999_999], [4_294_000_000, 4_294_967_295, 7]]
          .map((numbers) => given(...numbers));
        drawing(genuine);
        return [drawn.every((each) => /^[0-9]{6}$/.test(each)), uneven, edges];""") == [
        True, [], [["000000", 0], ["999999", 0], ["000000", 0], ["999999", 0], ["000007", 0]],
    ]  # fmt: skip
