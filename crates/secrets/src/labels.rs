//! The names that secrets stand behind, in the languages most written in.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Kind, is_inside_word};

/// What may stand behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Anything that can be a password.
    Password,
    /// A password that may be several words.
    Passphrase,
    /// Only what can hardly be a word: the name has other meanings.
    Token,
    /// Digits.
    Pin,
    /// Groups of digits or capitals, often many.
    Codes,
    /// Words of the seed list.
    Seed,
    /// A number of a card's back.
    CardCheck,
    /// A bank account's number.
    Account,
    /// A number of papers.
    Papers,
}

impl Class {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Password | Self::Passphrase => Kind::Password,
            Self::Token => Kind::Token,
            Self::Pin | Self::Codes => Kind::Code,
            Self::Seed => Kind::SeedPhrase,
            Self::CardCheck => Kind::Card,
            Self::Account => Kind::Account,
            Self::Papers => Kind::Identity,
        }
    }
}

/// Names by class; a blank stands for a blank, `-`, `_` or nothing.
const NAMES: &[(Class, &str)] = &[
    (
        Class::Password,
        "password|passwords|passwort|passwörter|paßwort|passwd|passwrd|pass word|pass wort|pwd|pwds|psw|pswd|pw|pws|pass|p/w|passcode|passcodes|\
         pass code|app password|app specific password|psk|wifi key|wi fi key|wlan key|network key|network security key|wpa key|wlan schlüssel|\
         netzwerkschlüssel|requirepass|masterauth|pgpassword|sshpass|kennwort|kennwörter|zugangswort|losungswort|mot de passe|mots de passe|mdp|code secret|\
         contraseña|contraseñas|contrasena|contrasenas|contrasenya|clave|claves|clave secreta|clave de acceso|senha|senhas|palavra passe|\
         parola d'ordine|parola|chiave di accesso|wachtwoord|wachtwoorden|toegangscode|lösenord|lösenordet|passord|adgangskode|kodeord|løsenord|\
         salasana|hasło|hasła|haslo|heslo|jelszó|lozinka|geslo|парола|пароль|пароли|пароля|пароль|лозинка|şifre|sifre|şifresi|şifrem|κωδικός|\
         κωδικός πρόσβασης|סיסמה|סיסמא|كلمة السر|كلمة المرور|كلمة سر|رمز عبور|पासवर्ड|कूटशब्द|পাসওয়ার্ড|mật khẩu|kata sandi|sandi|kata laluan|\
         รหัสผ่าน|비밀번호|비번|암호|패스워드|パスワード|パスコード|暗号|合言葉|密码|密碼|口令|通行码|登录密码|支付密码",
    ),
    (
        Class::Passphrase,
        "passphrase|passphrases|pass phrase|passsatz|phrase de passe|phrase secrète|frase de contraseña|frase senha|パスフレーズ",
    ),
    (
        Class::Token,
        "secret|secrets|app secret|client secret|secret key|secret access key|api key|api keys|api token|api secret|apikey|auth|auth key|auth token|\
         access token|access key|accountkey|account key|refresh token|id token|bot token|session token|session id|session key|personal access token|\
         token|tokens|bearer token|encryption key|signing key|signing secret|webhook secret|private key|shared key|shared secret|master key|deploy key|\
         license key|licence key|product key|activation key|serial key|lizenzschlüssel|openai key|stripe key|aws key|azure key|github key|google key|\
         secret token|storage key|primary key value|consumer secret|credentials|creds|login|log in|sign in|zugangsdaten|identifiants|geheimnis|geheim|\
         geheimer schlüssel|clave api|clé api|clef api|chave api|chave de api|token de acceso|jeton|секрет|токен|ключ api|秘密鍵|apiキー|トークン|密钥|密鑰|令牌|api 키|토큰",
    ),
    (
        Class::Pin,
        "pin|pins|pin code|pin codes|pin number|pin nummer|pincode|geheimzahl|puk|puk code|tan|tan nummer|sms code|sms tan|alarm code|alarmcode|door code|\
         gate code|entry code|access code|key code|keycode|lock code|lockbox code|unlock code|garage code|safe code|building code|bike code|voicemail code|sim code|combination|safe combination|lock combination|zahlenkombination|kombination|türcode|zugangscode|zugriffscode|\
         verification code|one time code|one time password|otp|otp code|2fa code|two factor code|login code|authentication code|auth code|\
         bestätigungscode|sicherheitscode|code pin|code d'accès|code de la porte|code d'entrée|code de vérification|code de sécurité|digicode|\
         código pin|código de acceso|código de seguridad|código de verificación|código de acesso|código de verificação|número secreto|codice pin|\
         codice di accesso|codice di sicurezza|codice di verifica|pin kod|doğrulama kodu|пин|пин код|код доступа|код подтверждения|код от двери|\
         暗証番号|認証コード|確認コード|验证码|驗證碼|동의 번호|인증번호|인증 번호|핀번호|الرقم السري|رمز الدخول|رمز التحقق|पिन|ওটিপি|mã pin|mã xác nhận|kode otp|kode verifikasi",
    ),
    (
        Class::Codes,
        "backup code|backup codes|recovery code|recovery codes|recovery key|recovery keys|rescue code|rescue codes|emergency code|emergency codes|emergency kit|\
         scratch code|scratch codes|totp secret|totp seed|totp key|totp|2fa secret|2fa seed|2fa key|2fa backup|otp secret|otp seed|mfa secret|mfa key|\
         authenticator key|authenticator secret|filevault key|filevault recovery key|bitlocker key|bitlocker recovery key|1password secret key|\
         bitwarden key|wallet key|wiederherstellungscode|wiederherstellungscodes|wiederherstellungsschlüssel|notfallcode|notfallcodes|\
         code de secours|codes de secours|codes de récupération|code de récupération|clé de récupération|códigos de respaldo|códigos de recuperación|\
         código de recuperación|códigos de backup|códigos de recuperação|codici di backup|codici di recupero|herstelcode|herstelcodes|back up codes|\
         резервные коды|коды восстановления|код восстановления|バックアップコード|リカバリーコード|回復キー|备用验证码|恢复码|恢复密钥|백업 코드|복구 코드|복구 키",
    ),
    (
        Class::Seed,
        "seed phrase|seed words|seed|recovery phrase|secret phrase|secret recovery phrase|mnemonic|mnemonic phrase|wallet phrase|backup phrase|wallet seed|\
         12 words|24 words|wiederherstellungsphrase|phrase de récupération|frase semilla|frase de recuperación|frase de recuperação|助记词|助記詞|シードフレーズ|сид фраза|니모닉",
    ),
    (
        Class::CardCheck,
        "security code|cvc|cvv|cvc2|cvv2|cvc code|cvv code|card verification code|card security code|prüfnummer|kartenprüfnummer|cryptogramme|cryptogramme visuel|código de verificación de la tarjeta",
    ),
    (
        Class::Account,
        "account number|acct|account no|account nr|acct number|acct no|bank account|bank account number|sort code|routing number|aba number|kontonummer|konto nr|\
         bankleitzahl|blz|numéro de compte|número de cuenta|cuenta bancaria|número da conta|agência e conta|numero di conto|rekeningnummer|номер счёта|\
         номер счета|口座番号|银行账号|银行卡号|账号|계좌번호|swift|swift code|bic|bic code|iban",
    ),
    (
        Class::Papers,
        "ssn|social security number|social security no|social security|social insurance number|sozialversicherungsnummer|sv nummer|passport number|passport no|\
         passport nr|passport|reisepass|reisepassnummer|passnummer|personalausweis|personalausweisnummer|ausweisnummer|ausweis nr|identity card|id card|id card number|\
         id number|national id|national id number|national insurance number|ni number|nino|nir|driver's license|drivers license|driver license|driving licence|driver's licence|\
         driver's license number|driving licence number|führerscheinnummer|führerschein|steuer id|steuer identifikationsnummer|steueridentifikationsnummer|steuernummer|\
         tax id|tax number|tax file number|tfn|tin|ein|itin|vat id|nhs number|medicare number|health insurance number|krankenversicherungsnummer|versichertennummer|\
         numéro de sécurité sociale|numéro de passeport|numéro fiscal|carte d'identité|passeport|permis de conduire|pasaporte|número de pasaporte|dni|nie|nif|curp|rfc|\
         número de seguridad social|cédula|cpf|rg|cnpj|passaporte|número do passaporte|título de eleitor|codice fiscale|carta d'identità|passaporto|bsn|burgerservicenummer|\
         paspoortnummer|pesel|personnummer|fødselsnummer|henkilötunnus|паспорт|номер паспорта|снилс|инн|主民登録番号|マイナンバー|個人番号|パスポート番号|免許証番号|\
         身份证号|身份证号码|身份证|护照号|护照号码|주민등록번호|주민번호|여권번호|운전면허번호|운전면허 번호|aadhaar|aadhar|aadhaar number|आधार|pan number|pan card|রাষ্ট্রীয় পরিচয়",
    ),
];

/// A name without blanks and joints, in lower case.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_' | '\u{a0}' | '\u{202f}'))
        .flat_map(char::to_lowercase)
        .collect()
}

static CLASSES: LazyLock<HashMap<String, Class>> = LazyLock::new(|| {
    let names = NAMES.iter().flat_map(|(class, names)| names.split('|').map(move |name| (*class, name)));
    let mut classes = HashMap::new();
    for (class, name) in names {
        classes.entry(folded(name)).or_insert(class);
    }
    classes
});

/// The class of a name that is [`folded`].
pub(super) fn class_of(name: &str) -> Option<Class> {
    CLASSES.get(name).copied()
}

/// Any of the names, the longest first.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.split('|')).collect();
    names.sort_by_key(|name| (std::cmp::Reverse(folded(name).len()), *name));
    let joined: Vec<String> = names
        .iter()
        .map(|name| name.split(' ').map(regex::escape).collect::<Vec<_>>().join("[ _\\-\u{a0}\u{202f}]?"))
        .collect();
    // What cannot be compiled would be a mistake of the table above, which the tests read.
    Regex::new(&format!("(?i:{})", joined.join("|"))).unwrap_or_else(|error| unreachable!("{error}"))
});

/// A name found in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub(super) class: Class,
    pub(super) start: usize,
    /// Where the name ends, its ending (`s`, `_PROD`) included.
    pub(super) end: usize,
    /// Whether a suffix may give the name another meaning: `password_reset_…`.
    pub(super) is_longer: bool,
    /// Whether words stand without blanks in its script.
    pub(super) is_unspaced: bool,
}

/// The names in a text, in its order.
pub(super) fn labels(text: &str) -> impl Iterator<Item = Label> {
    NAME.find_iter(text).filter_map(move |found| label(text, found.range()))
}

fn label(text: &str, range: Range<usize>) -> Option<Label> {
    let name = &text[range.clone()];
    let class = class_of(&folded(name))?;
    let is_unspaced = name.chars().any(|c| matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'));
    let before = text[..range.start].chars().next_back();
    if !is_unspaced && is_inside_word(text, range.start) {
        // `userPassword`; but no `bypass`.
        let is_camel = before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
            && name.starts_with(char::is_uppercase);
        if !is_camel {
            return None;
        }
    }
    // `/etc/passwd` is a file.
    if before == Some('/') && !text[..range.start - 1].ends_with(|c: char| c.is_alphabetic() && c.is_ascii())
    {
        return None;
    }
    if text[..range.start].ends_with("/etc/") || (!is_unspaced && is_of_others(text, range.start)) {
        return None;
    }
    let mut end = range.end;
    let mut is_longer = false;
    if !is_unspaced {
        let rest = &text[end..];
        let tail: usize =
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').map(char::len_utf8).sum();
        let tail_text = &rest[..tail];
        let is_number = tail <= 2 && tail_text.bytes().all(|byte| byte.is_ascii_digit());
        if tail_text.starts_with('_') && tail <= 24 {
            is_longer = true;
        } else if !is_number || rest[tail..].starts_with(char::is_alphabetic) {
            return None;
        }
        end += tail;
        if text[end..].starts_with("'s ") || text[end..].starts_with("’s ") {
            return None;
        }
    }
    Some(Label { class, start: range.start, end, is_longer, is_unspaced })
}

/// `the most common password`, `a strong password`: a statement about passwords in general.
fn is_of_others(text: &str, start: usize) -> bool {
    const OTHERS: [&str; 12] = [
        "common",
        "popular",
        "typical",
        "weak",
        "strong",
        "good",
        "bad",
        "every",
        "example",
        "sample",
        "favourite",
        "favorite",
    ];
    let word = text[..start]
        .trim_end()
        .rsplit(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    OTHERS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_as_itself() {
        for (class, names) in NAMES {
            for name in names.split('|') {
                let found: Vec<Class> = labels(name).map(|label| label.class).collect();
                assert_eq!(found.len(), 1, "{name} {found:?}");
                let known = CLASSES[&folded(name)];
                assert_eq!(found[0], known, "{name} {class:?}");
            }
        }
    }

    #[test]
    fn names_inside_words_and_paths_are_none() {
        for text in [
            "bypass",
            "passport photo",
            "compassion",
            "/etc/passwd",
            "spins",
            "titanic",
            "the password's length",
            "pinhole",
            "secretary",
        ] {
            let found: Vec<_> = labels(text).filter(|label| label.class != Class::Papers).collect();
            assert!(found.is_empty(), "{text} {found:?}");
        }
        for text in [
            "DB_PASSWORD",
            "userPassword",
            "db_pass",
            "password2",
            "PASSWORD_PROD",
            "mein Passwort",
            "spring.datasource.password",
        ] {
            assert_eq!(labels(text).count(), 1, "{text}");
        }
    }
}
