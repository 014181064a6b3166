use super::*;

/// A made-up random-looking token; never a real one.
fn random(length: usize, alphabet: &[u8]) -> String {
    let mut x: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut drawn = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        char::from(alphabet[(x % alphabet.len() as u64) as usize])
    };
    (0..length).map(|_| drawn()).collect()
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8] = b"0123456789abcdef";

/// `⟦…⟧` marks each secret of a text.
pub(super) fn marked(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for secret in find(text) {
        out.push_str(&text[from..secret.range.start]);
        out.push('⟦');
        out.push_str(&text[secret.range.clone()]);
        out.push('⟧');
        from = secret.range.end;
    }
    out + &text[from..]
}

/// Each text has its secrets in `⟦…⟧`; without the marks they are found there, as `kind`.
pub(super) fn check(kind: Kind, texts: &[&str]) {
    for expected in texts {
        let text = expected.replace(['⟦', '⟧'], "");
        assert_eq!(marked(&text), *expected);
        assert!(find(&text).iter().all(|secret| secret.kind == kind), "{text}: {:?}", find(&text));
    }
}

#[test]
fn passwords_behind_their_names() {
    check(
        Kind::Password,
        &[
            "password: ⟦kettle9⟧",
            "Password: ⟦swordfish⟧",
            "PASSWORD = ⟦k3ttle!x⟧",
            "pw:⟦kettle9q⟧",
            "pass = ⟦kettle9q⟧",
            "Pwd → ⟦Kettle-9⟧ (guest)",
            "\"password\": \"⟦sword fish⟧\",",
            "**Password:** ⟦swordfish⟧",
            "- Password: ⟦tea⟧",
            "Password\n⟦kettle9q⟧",
            "Password:\n  ⟦bluekettle⟧\n",
            "our password for the shed: ⟦bluekettle42⟧",
            "The password of the box (10.0.0.7) is ⟦T3aPot#9⟧, says Kim.",
            "my password is ⟦kettle9⟧",
            "the wifi password is ⟦bluekettle⟧",
            "My password is still ⟦Kettle-22⟧; tell no one.",
            "I changed my password to ⟦T3apot&9⟧ yesterday",
            "The passwords are ⟦kettle9q⟧ and ⟦teapot7x⟧.",
            "password ⟦kettle9q⟧",
            "My passphrase is ⟦seven quiet kettles sing⟧",
            "passphrase: ⟦seven quiet kettles sing⟧.",
            "App password ⟦qwxz hjkl mnbv plok⟧",
            "User: kim Password: ⟦kettle9q⟧",
            "Sign in with kim / ⟦kettle9q⟧",
            "kim@quay.example:⟦kettle9q⟧",
        ],
    );
}

#[test]
fn passwords_in_other_languages() {
    check(
        Kind::Password,
        &[
            "Passwort: ⟦Kessel77⟧",
            "Das Passwort ist ⟦Kessel77⟧.",
            "Mein Kennwort lautet ⟦Kesselblau⟧",
            "mot de passe : ⟦Théière7⟧",
            "Le mot de passe est ⟦Theiere77⟧",
            "contraseña: ⟦Tetera77⟧",
            "la clave es ⟦Tetera77⟧",
            "senha: ⟦Chaleira77⟧",
            "wachtwoord: ⟦ketel2077⟧",
            "lösenord: ⟦kittel2077⟧",
            "hasło: ⟦Czajnik77⟧",
            "пароль: ⟦чайник77⟧",
            "Мой пароль ⟦чайник77⟧",
            "şifre: ⟦demlik77⟧",
            "비밀번호: ⟦주전자77⟧",
            "비밀번호는 ⟦teapot77⟧",
            "パスワード：⟦yakan77x⟧",
            "パスワードは「⟦yakan77x⟧」です",
            "密码：⟦shuihu77⟧",
            "密码是 ⟦shuihu77⟧",
            "كلمة المرور: ⟦ibriq77x⟧",
            "पासवर्ड: ⟦ketli77x⟧",
            "mật khẩu: ⟦amdun77x⟧",
            "kata sandi: ⟦cerek77x⟧",
        ],
    );
}

#[test]
fn passwords_in_settings_commands_and_links() {
    check(
        Kind::Password,
        &[
            "DB_PASSWORD=⟦Kettle77⟧",
            "export PGPASSWORD=⟦Kettle77⟧",
            "userPassword: ⟦Kettle77⟧",
            "spring.datasource.password=⟦kettle⟧",
            "Server=quay;Password=⟦Kettle77⟧;Timeout=5",
            "<password>⟦kettle⟧</password>",
            "<add key=\"Password\" value=\"⟦kettle⟧\"/>",
            "requirepass ⟦Kettle77⟧",
            "curl -u kim:⟦Kettle77⟧ https://quay.example",
            "mysql -u root -p⟦Kettle77⟧ notes",
            "tool --password=⟦Kettle77⟧ run",
            "tool --password ⟦Kettle77⟧ run",
            "net use Q: \\\\quay\\share ⟦Kettle77⟧ /user:kim",
            "CREATE USER kim IDENTIFIED BY '⟦kettle⟧';",
            "https://kim:⟦Kettle77⟧@quay.example/boats.git",
            "redis://:⟦Kettle77⟧@quay.example:6379",
            "https://quay.example/j/845?pwd=⟦Q1w2E3r4T5⟧",
            "WIFI:T:WPA;S:quay;P:⟦kettle99⟧;;",
            "name,url,username,password\nQuay,https://quay.example,kim,⟦kettle⟧\nShed,https://shed.example,kim,⟦teapot⟧\n",
            "| site | user | password |\n| --- | --- | --- |\n| quay | kim | ⟦kettle⟧ |\n",
        ],
    );
    check(
        Kind::Token,
        &[
            "https://quay.example/reset?token=⟦Kettle77xyz⟧&next=1",
            "https://hooks.slack.com/services/⟦T0KETTLE1/B0KETTLE2/kettleKETTLE7788⟧",
            "https://api.telegram.org/bot⟦12345678:kettle_KETTLE_7788_kettle⟧/send",
            "https://quay.example/verify/⟦k3ttl3k3ttl3k3ttl3⟧",
        ],
    );
}

#[test]
fn tokens_by_their_look() {
    let (long, hex) = (random(48, LETTERS), random(40, HEX));
    let caps = random(16, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    for token in [
        format!("AKIA{caps}"),
        format!("AIza{}", &long[..35]),
        format!("ya29.{long}"),
        format!("ghp_{}", &long[..36]),
        format!("github_pat_{long}"),
        format!("glpat-{}", &long[..20]),
        format!("xoxb-1234567890-{}", &long[..24]),
        format!("sk_live_{}", &long[..24]),
        format!("sk-ant-api03-{long}"),
        format!("hf_{}", &long[..34]),
        format!("npm_{}", &long[..36]),
        format!("pypi-AgEI{long}"),
        format!("shpat_{}", &hex[..32]),
        format!("SG.{}.{}", &long[..22], &long[..43]),
        format!("dop_v1_{}{}", hex, &hex[..24]),
        format!("lin_api_{}", &long[..40]),
        format!("AGE-SECRET-KEY-1{}", long.to_uppercase()),
        format!("eyJhbGci{}.eyJzdWIi{}.{}", &long[..12], &long[..20], &long[..43]),
        format!("0x{hex}{}", &hex[..24]),
        format!("$2b$12${}", &long[..40]),
        random(40, LETTERS),
    ] {
        for text in [
            token.clone(),
            format!("it is {token}, she said"),
            format!("key: {token}\n"),
            format!("({token})"),
        ] {
            let found = find(&text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(text[found[0].range.clone()].contains(&token[..token.len() - 1]), "{text}: {found:?}");
        }
    }
    check(
        Kind::Token,
        &[
            "api_key=⟦kettle-77-teapot⟧",
            "API key: ⟦12ab34cd56⟧",
            "X-API-KEY: ⟦Q1w2E3r4T5⟧",
            "the access token is ⟦Q1w2E3r4T5⟧",
            "app_secret = ⟦Kettle2077xyz⟧",
            "Authorization: Bearer ⟦3f1ab2c94d5e6f70⟧",
            "client_secret: \"⟦Kettle2077xyz⟧\"",
        ],
    );
}

#[test]
fn keys_codes_and_seed_phrases() {
    check(
        Kind::PrivateKey,
        &[
            "a\n⟦-----BEGIN RSA PRIVATE KEY-----\nMIIEkettle\n-----END RSA PRIVATE KEY-----⟧\nb",
            "⟦-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\nkettle⟧\n\nThen we all went home to sleep.",
        ],
    );
    check(
        Kind::Code,
        &[
            "PIN ⟦8302⟧",
            "my pin number is ⟦8302⟧ for the card",
            "PIN:⟦8302⟧",
            "alarm code ⟦2580⟧",
            "Safe combination ⟦32-17-05⟧",
            "Access code for the gate: ⟦4417#⟧",
            "Geheimzahl: ⟦8302⟧",
            "暗証番号は⟦8302⟧",
            "Backup codes: ⟦4821-9375⟧ ⟦2083-5561⟧\n⟦9917-0042⟧",
            "recovery codes\n1. ⟦a1b2c-d3e4f⟧\n2. ⟦g5h6i-j7k8l⟧\n\nThen tea.",
            "TOTP secret ⟦JBSWY3DPEHPK3PXP⟧",
            "FileVault key: ⟦ABCD-EFGH-IJKL-MNOP-QRST-UVWX⟧",
            "otpauth://⟦totp/Quay:kim?secret=JBSWY3DPEHPK3PXP&issuer=Quay⟧",
        ],
    );
    check(
        Kind::SeedPhrase,
        &[
            "seed phrase: ⟦kettle teapot lantern harbour meadow thistle⟧",
            "My recovery phrase is ⟦orange ladder pencil⟧",
            "⟦orange ladder pencil kitchen garden river stone window winter yellow zebra zoo⟧",
            "1. ⟦orange 2. ladder 3. pencil 4. kitchen 5. garden 6. river 7. stone 8. window 9. winter 10. yellow 11. zebra 12. zoo⟧",
        ],
    );
}

#[test]
fn cards_accounts_and_papers() {
    check(
        Kind::Card,
        &[
            "card ⟦4111 1111 1111 1111⟧ exp 12/29",
            "⟦5500-0000-0000-0004⟧",
            "⟦5500.0000.0000.0004⟧.",
            "⟦4111\u{a0}1111\u{a0}1111\u{a0}1111⟧",
            "⟦378282246310005⟧",
            "⟦3782 822463 10005⟧",
            "⟦36 1489 0064 7913⟧",
            "CVC: ⟦737⟧",
        ],
    );
    check(
        Kind::Account,
        &[
            "Pay to ⟦DE89 3704 0044 0532 0130 00⟧ by May.",
            "⟦FR7630006000011234567890189⟧",
            "iban ⟦gb29 nwbk 6016 1331 9268 19⟧",
            "Account number ⟦12345678⟧",
            "Kontonummer: ⟦1234567⟧",
        ],
    );
    check(
        Kind::Identity,
        &[
            "SSN ⟦078-05-1120⟧",
            "passport number ⟦C01X00T47⟧",
            "주민등록번호 ⟦900101-1234567⟧",
            "DNI ⟦12345678Z⟧",
            "CPF ⟦529.982.247-25⟧",
            "Steuer-ID ⟦86 095 742 719⟧",
        ],
    );
    for number in
        ["4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "000-12-3456", "12345678A", "529.982.247-26"]
    {
        assert!(find(number).is_empty(), "a changed digit: {number}");
    }
}

#[test]
fn prose_links_and_names_in_code_are_no_secrets() {
    for text in [
        "Please choose a password that you can remember.",
        "The password is required, and so is patience.",
        "The password policy is: nine letters or more.",
        "Passwords: a short history",
        "Password: choose one that nobody can guess.",
        "Password: optional",
        "password: none\npassword: ********\npassword: <yours>\npassword: ${DB_PASSWORD}",
        "password: str = field()\npassword = getpass()\npassword=os.environ[\"PW\"]\nset password=False",
        "He forgot his password again: it was the third time this week.",
        "The most common password is 123456.",
        "My password is 12 letters long.",
        "The password is printed on page 31b.",
        "My secret: sleep well and walk far.",
        "Passwort: siehe Zettel. Das Passwort ist falsch.",
        "Le mot de passe est obligatoire. La contraseña es obligatoria.",
        "비밀번호를 잊었다. パスワードは必須です。密码错误。 Пароль неверный.",
        "the /etc/passwd: a file; pwd: /home/kim/letters",
        "We ran past the bypass: slowly. He had a pass: valid until June.",
        "The API key: what it is. The access_token is returned in the body. The token gesture.",
        "Nobody had the key, so we climbed in. The keyboard's access key is Alt.",
        "The passport photos came out badly. My account of the journey runs to 40 pages.",
        "Alarm at 6:30, train at 7:12, pin 3 of the chip, seed: 42",
        "See https://quay.example/2019/03/21/how-to-write-a-good-letter-in-ten-steps/index.html for more.",
        "https://docs.quay.example/document/d/1aBcD2eFgH3iJkL4mNoP5qRsT6uVwX7yZ8aBcD9eFgH0/edit?usp=sharing",
        "https://git.quay.example/kim/boats/commit/3f1ab2c94d5e6f708192a3b4c5d6e7f801234567",
        "git@quay.example:kim/boats.git",
        "Fixed in commit 3f1ab2c94d5e6f708192a3b4c5d6e7f801234567, I believe.",
        "id:: 65f1c2d3-1234-4abc-9def-1234567890ab",
        "Message-ID: <CAB3dE9xZ2kLmN4pQ7rStUvWx1234567890@mail.quay.example>",
        "He called HttpServletRequestFactoryBeanInitializer2 and get_user_by_id_and_version2.",
        "The files are in /usr/local/share/documents/letters-1998/answers/",
        "Call +44 20 7946 0958 or 555-0199 between 2026-11-24T10:00 and 2026-11-25T18:30.",
        "ISBN 978-0-14-043907-6, 1234567890123456 pages, order 2024-000123-A",
        "In 1914 1918 1939 1945 1989 the maps were drawn anew. Matrix 3141 5926 5358 9793",
        "Donaudampfschifffahrtsgesellschaftskapitän is one word; 안녕하세요 세계 여러분",
        "mail to kim@quay.example: she answers https://quay.example:8080/inbox quickly",
        "password",
        "password:",
        "",
    ] {
        assert_eq!(marked(text), text);
    }
}

#[test]
fn a_value_is_awaited_behind_a_name_and_its_sign() {
    for (text, expected) in [
        ("password: ", true),
        ("Password:", true),
        ("Passwort = \"", true),
        ("PIN: ", true),
        ("API key → ", true),
        ("**Password:** ", true),
        ("Password\n", true),
        ("password:\n", true),
        ("비밀번호: ", true),
        ("password: ke", true),
        ("PIN: 83", true),
        ("password: kettle9 ", false),
        ("password: kettle9\nThe", false),
        ("The password is ", false),
        ("Dear Kim: ", false),
        ("", false),
    ] {
        assert_eq!(is_awaited(text), expected, "{text:?}");
    }
}

#[test]
fn values_are_found_again_as_whole_words_in_any_case() {
    let values = Values::new(["Kettle77", "the", "tea", "a b-c+d"]);
    let text = "kettle77, Kettle777, the tea: a b-c+d";
    let found: Vec<&str> = find_again(text, &values).into_iter().map(|range| &text[range]).collect();
    assert_eq!(found, ["kettle77", "a b-c+d"]);
    assert!(find_again(text, &Values::default()).is_empty());
}

#[test]
fn any_text_is_read_to_its_end() {
    // Cut at every byte, and names in heaps: no rule may leave the text or lose its way in it.
    let text = "Password → „Ké77le“ パスワードは「やかん77」です пароль: чайник77 PIN 8302\nseed phrase: orange ladder\n-----BEGIN PRIVATE KEY-----\nx";
    for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
        for secret in find(&text[..end]) {
            assert!(
                text.get(secret.range.clone()).is_some() && secret.range.end <= end,
                "{secret:?} of {end}"
            );
        }
        is_awaited(&text[..end]);
    }
    for heap in [
        "password: ",
        "pw",
        "密码",
        "PIN 1 ",
        "a:b@",
        "-----BEGIN PRIVATE KEY-----\n",
        "4111 ",
        "zoo ",
        " / ",
        "--token ",
        "://",
        "GB29",
    ] {
        find(&heap.repeat(3_000));
    }
}

#[test]
fn secrets_are_found_in_whatever_typography() {
    for (text, value) in [
        ("Backup codes: 4821–9375 2083–5561", "4821–93752083–5561"),
        ("SSN: 078‑05‑1120 here", "078‑05‑1120"),
        ("pass\u{ad}word: Kettle77", "Kettle77"),
        ("pass‑phrase: seven-kettles", "seven-kettles"),
        ("password: Ket\u{2060}tle77", "Ket\u{2060}tle77"),
        (
            "IBAN DE89\u{2009}3704\u{2009}0044\u{2009}0532\u{2009}0130\u{2009}00 for",
            "DE89\u{2009}3704\u{2009}0044\u{2009}0532\u{2009}0130\u{2009}00",
        ),
        ("password\u{a0}: Kettle77", "Kettle77"),
    ] {
        let found: Vec<&str> = find(text).into_iter().map(|secret| &text[secret.range]).collect();
        assert_eq!(found.concat(), value.to_owned(), "{text:?} {found:?}");
    }
    let values = Values::new(["Ket’tle77"]);
    let text = "again: Ket'tle77, Ket’tle77";
    let found: Vec<&str> = find_again(text, &values).into_iter().map(|range| &text[range]).collect();
    assert_eq!(found, ["Ket'tle77", "Ket’tle77"]);
    assert!(is_awaited("my pass\u{ad}word:\u{a0}"));
}
