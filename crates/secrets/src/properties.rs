//! Properties of any text, and secrets whose form spans several lines.

use proptest::prelude::*;

use super::tests::check;
use super::{Kind, Values, find, find_again, is_awaited};

/// What texts are made of here: names, what joins them to values, and values.
const PARTS: [&str; 66] = [
    "password",
    "Passwords",
    "Mot de passe",
    "passphrase",
    "Passwort",
    "PIN",
    "token",
    "backup codes",
    "TOTP secret",
    "seed phrase",
    "SSN",
    "Kontonummer",
    "비밀번호",
    "パスワード",
    "密码",
    "пароль",
    " ",
    "\u{a0}",
    "\u{202f}",
    "\u{2009}",
    "\u{3000}",
    "\u{200b}",
    "\u{feff}",
    "\t",
    ":",
    "：",
    "＝",
    "=",
    "→",
    " – ",
    " is ",
    " for the ",
    " für das ",
    "は",
    "\n",
    "\r\n",
    "\n\n",
    "\r",
    "- ",
    "• ",
    "1. ",
    "| ",
    ",",
    "## ",
    "===",
    "\"",
    "'",
    "«",
    "»",
    "“",
    "”",
    "「",
    "(",
    ")",
    "*",
    "🦔",
    "漢字",
    "é",
    "ſ",
    "İ",
    "mole",
    "Maulwurf-7781",
    "7781",
    "jbsw y3dp",
    "k3qa-92xz",
    "-----BEGIN PRIVATE KEY-----",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_text_panics_and_values_stand_between_letters(
        parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..24),
        long in prop::option::of(380_usize..420),
    ) {
        // A long line ends where rules look no further.
        let text = long.map_or_else(String::new, |long| "é".repeat(long)) + &parts.concat();
        let found = find(&text);
        for secret in &found {
            prop_assert!(text.get(secret.range.clone()).is_some_and(|value| !value.is_empty()), "{secret:?}");
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "{found:?}");
        let values = Values::new(found.iter().map(|secret| &text[secret.range.clone()]));
        for range in find_again(&text, &values) {
            prop_assert!(text.get(range.clone()).is_some_and(|value| !value.is_empty()), "{range:?}");
        }
        is_awaited(&text);
    }
}

#[test]
fn any_blank_joins_a_name_and_its_value() {
    check(
        Kind::Password,
        &[
            "password\u{a0}⟦mole77⟧",
            "Mot de passe\u{a0}: ⟦Taupe⟧",
            "Mot\u{202f}de\u{a0}passe\u{202f}:\u{a0}⟦Taupe⟧",
            "Mot de passe : «\u{a0}⟦Taupe⟧\u{a0}»",
            "Mot de passe : « ⟦Taupe⟧ » et le thé",
            "password\u{a0}is\u{a0}⟦mole77⟧",
            "the password\u{a0}for\u{a0}the shed:\u{a0}⟦mole77⟧",
            "password:\u{200b}⟦mole77⟧\u{200b} and more",
            "Password\r\n⟦mole77⟧\r\n",
            "パスワード\u{3000}：\u{3000}⟦mole77⟧",
        ],
    );
    check(Kind::Identity, &["SSN:\u{a0}⟦078-05-1120⟧"]);
}

#[test]
fn values_stand_below_titles_and_in_lists() {
    check(
        Kind::Password,
        &[
            "## Password\n\n⟦maulwurfshuegel⟧\n\nThen tea.",
            "## Password\n\n⟦Maulwurf-7781⟧\n",
            "**Password**\n\n\n⟦Maulwurf-7781⟧\n",
            "Password:\n\n⟦Maulwurf-7781⟧\n",
            "Password\n--------\n\n⟦maulwurfshuegel⟧\n",
            "Passwords:\n- router: ⟦Fensterglas⟧\n- mail: ⟦Wolkenbruch7⟧\n- and then we slept",
            "## Passwords\n\n1. router: ⟦Fensterglas⟧\n2. **mail**: `⟦Wolkenbruch7⟧`\n\nThen tea.",
            "Passwörter:\n\n* ⟦Fensterglas⟧\n* ⟦Wolkenbruch7⟧\n",
            "Passwords:\nrouter: ⟦Fensterglas⟧\nthe mail = ⟦Wolkenbruch7⟧\nThen: tea, at last, for all.",
        ],
    );
}

#[test]
fn a_value_is_awaited_below_titles_and_behind_any_blank() {
    for (text, expected) in [
        ("password\u{a0}:\u{a0}", true),
        ("Mot de passe\u{202f}: « ", true),
        ("## Password\n\n", true),
        ("## Password\n\nMaul", true),
        ("Password:\r\n\r\n", true),
        ("Password\n\n", false),
        ("Password:\n\nMaulwurf is", false),
    ] {
        assert_eq!(is_awaited(text), expected, "{text:?}");
    }
}

#[test]
fn passwords_in_sentences_and_brackets() {
    check(
        Kind::Password,
        &[
            "quay passphrase: ⟦Wolkenbruch Tintenfass Moosgrund Eisenhut⟧",
            "My passphrase is ⟦Tintenfass Moosgrund Eisenhut⟧.",
            "Passwort: ⟦Wolkenbruch Tintenfass Moosgrund Eisenhut⟧",
            "The password for the router is ⟦Brandtaucher⟧.",
            "Das Passwort für das WLAN ist ⟦Brandtaucher⟧.",
            "La contraseña del wifi es ⟦Brandtaucher⟧.",
            "Le mot de passe du wifi est ⟦Brandtaucher⟧.",
            "the password for the shed: ⟦Brandtaucher⟧",
            "The router (pw: ⟦Brandtaucher⟧) hums.",
            "The router [password: ⟦Brandtaucher⟧] hums.",
        ],
    );
}

#[test]
fn every_row_of_a_table_and_every_code_of_a_list() {
    check(
        Kind::Password,
        &[
            "| host | user | password |\n|---|---|---|\n| a | quay | ⟦Fensterglas⟧ |\n| b | quay | ⟦Wolkenbruch7⟧ |\n| c | mole | ⟦teatime⟧ |\n",
            "host,user,password\na,quay,⟦Fensterglas⟧\nb,quay,⟦Wolkenbruch7⟧\nc,mole,\"⟦teatime⟧\"\n",
            "user,password\nquay,⟦Fensterglas⟧\nmole,⟦Wolkenbruch7⟧\n",
        ],
    );
    check(
        Kind::Code,
        &[
            "backup codes:\n1. ⟦k3qa-92xz⟧\n2. ⟦m7tb-41wy⟧\n3. ⟦p9rc-38vu⟧\n4. ⟦q2sd-57ut⟧\n",
            "backup codes:\n- ⟦k3qa-92xz⟧\n- ⟦m7tb-41wy⟧\n- ⟦p9rc-38vu⟧\n- ⟦q2sd-57ut⟧\n- ⟦r5te-66sx⟧\n\nThen tea.",
            "## Backup codes\n\n- [ ] ⟦k3qa 92xz⟧\n- [ ] ⟦m7tb 41wy⟧\n- [ ] ⟦p9rc 38vu⟧\n",
            "backup codes:\n\n⟦48219375⟧\n⟦20835561⟧\n⟦99170042⟧\n",
            "TOTP secret: ⟦jbsw y3dp ehpk 3pxp⟧",
            "TOTP secret: ⟦jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp⟧.",
            "2FA seed (quay): ⟦qwzt ghkl mnbv plxk⟧",
        ],
    );
}

#[test]
fn lists_titles_and_sentences_of_prose_are_no_secrets() {
    for text in [
        "## Password\n\nNobody should share one, and nobody does.\n",
        "## Passwords\n\nLong ones are better.\n\n- never share them\n- never write them down\n",
        "Passwords:\n- length: twelve letters or more\n- reuse: never\n- storage: only in the head, if at all",
        "Password\n\nSubmit",
        "Passwords: Best Practices Explained Again",
        "Passphrases: why they are better",
        "The password for the account is missing. The password of the router was changed.",
        "La clave del éxito es trabajo. The pass of the mountains is closed.",
        "The password for the wifi is on the fridge.",
        "Forgotten passwords (password: optional) come back.",
        "recovery codes: from 2024 they were kept here",
        "TOTP secret: keep this code safe",
        "Backup codes: each code can be used only once.",
        "apples,pears\nHe said: password, please\nand then, tea",
    ] {
        assert_eq!(super::tests::marked(text), text);
    }
}
