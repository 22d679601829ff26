//! Tokens, sessions and roles: who sends a request, and what they may do.
//!
//! A token proves who somebody is; scripts send it with every request, browsers trade it for a session once. Only
//! digests of either are kept, and comparing two digests takes the same time wherever they differ.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use limbeck_core::document::Role;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::ApiError;

/// A session that nobody used for so long has ended.
const SESSION_IDLE: Duration = Duration::from_secs(24 * 60 * 60);
/// More sessions than these are not kept; the one unused for longest gives way.
const MOST_SESSIONS: usize = 256;
/// So long a token that is good for one login waits for its browser.
const ONE_TIME: Duration = Duration::from_secs(5 * 60);
/// So many wrong tokens in a row are told that they are wrong, and one more with every further [`REFILL`].
const BURST: u32 = 30;
const REFILL: Duration = Duration::from_millis(200);

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The name under which runs are recorded.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
}

/// The tokens and sessions of one server.
#[derive(Debug)]
pub(crate) struct Access {
    cookie: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: Vec<Token>,
    /// Oldest use first.
    sessions: VecDeque<Session>,
    attempts: Attempts,
}

#[derive(Debug)]
struct Token {
    digest: [u8; 32],
    identity: Identity,
    /// Good for one login until then; without it for any number.
    one_login_until: Option<Instant>,
}

#[derive(Debug)]
struct Session {
    digest: [u8; 32],
    identity: Identity,
    used: Instant,
}

impl Access {
    /// Returns a server's access without any token. Browsers keep cookies by host name, not by port, so the port
    /// becomes part of the cookie's name.
    pub(crate) fn new(port: u16) -> Self {
        let attempts = Attempts { left: BURST, counted: Instant::now() };
        let state = State { tokens: Vec::new(), sessions: VecDeque::new(), attempts };
        Self { cookie: format!("limbeck-{port}"), state: Mutex::new(state) }
    }

    /// Accepts a token from now on.
    pub(crate) fn add(&self, token: &str, role: Role) {
        self.push(token, role, None);
    }

    /// Accepts a token for one login in the next minutes: an address with it may show up in a process list.
    pub(crate) fn add_one_time(&self, token: &str, role: Role) {
        self.push(token, role, Some(Instant::now() + ONE_TIME));
    }

    fn push(&self, token: &str, role: Role, one_login_until: Option<Instant>) {
        let identity = Identity { name: role_name(role).to_owned(), role };
        self.lock().tokens.push(Token { digest: digest(token), identity, one_login_until });
    }

    /// Returns who sends a request with these headers.
    ///
    /// # Errors
    /// 401 without credentials or with wrong ones, 429 for a wrong one after too many.
    pub(crate) fn identify(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let token = authorization.to_str().ok().and_then(bearer).ok_or_else(wrong_token)?;
            let mut state = self.lock();
            return state.check(token, |token| token.one_login_until.is_none()).map(|token| token.identity.clone());
        }
        let mut state = self.lock();
        let now = Instant::now();
        state.sessions.retain(|session| now.duration_since(session.used) < SESSION_IDLE);
        let position = self.session_ids(headers).find_map(|id| {
            let wanted = digest(id);
            state.sessions.iter().position(|session| session.digest.ct_eq(&wanted).into())
        });
        let Some(mut session) = position.and_then(|position| state.sessions.remove(position)) else {
            return Err(ApiError::new(StatusCode::UNAUTHORIZED, "not-allowed", "you are not signed in")
                .hint("open the address that `limbeck serve` printed, or send its token as `Authorization: Bearer`"));
        };
        session.used = now;
        let identity = session.identity.clone();
        state.sessions.push_back(session);
        Ok(identity)
    }

    /// Trades a token for a session, and returns the `Set-Cookie` value.
    ///
    /// # Errors
    /// 401 when it is no token of this server, 429 for such a one after too many.
    pub(crate) fn login(&self, token: &str) -> Result<HeaderValue, ApiError> {
        let id = new_secret().map_err(|error| ApiError::internal(error.to_string()))?;
        let cookie = HeaderValue::try_from(format!("{}={id}; Path=/; HttpOnly; SameSite=Strict", self.cookie))
            .map_err(|error| ApiError::internal(error.to_string()))?;
        let now = Instant::now();
        let mut state = self.lock();
        let identity =
            state.check(token, |token| token.one_login_until.is_none_or(|until| now < until))?.identity.clone();
        let used = digest(token);
        state.tokens.retain(|token| token.one_login_until.is_none() || token.digest != used);
        if state.sessions.len() >= MOST_SESSIONS {
            state.sessions.pop_front();
        }
        state.sessions.push_back(Session { digest: digest(&id), identity, used: now });
        Ok(cookie)
    }

    /// Ends the session of a request, and returns the `Set-Cookie` value that takes its cookie away.
    ///
    /// # Errors
    /// None that a cookie name of this server's making can cause.
    pub(crate) fn logout(&self, headers: &HeaderMap) -> Result<HeaderValue, ApiError> {
        let ended: Vec<_> = self.session_ids(headers).map(digest).collect();
        self.lock().sessions.retain(|session| !ended.contains(&session.digest));
        HeaderValue::try_from(format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", self.cookie))
            .map_err(|error| ApiError::internal(error.to_string()))
    }

    /// Returns what the cookies of this server's name hold; a browser may send several.
    fn session_ids<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.cookie)
            .map(|(_, id)| id)
    }

    /// No code panics while it holds the lock, and what it guards is whole at every moment.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A right token passes whatever else was tried: or whoever sends wrong ones could lock out everybody.
    fn check(&mut self, token: &str, usable: impl Fn(&Token) -> bool) -> Result<&Token, ApiError> {
        let wanted = digest(token);
        let mut found = None;
        // All of them are compared, so that the time does not tell which one came near.
        for token in &self.tokens {
            if bool::from(token.digest.ct_eq(&wanted)) && usable(token) {
                found = Some(token);
            }
        }
        match found {
            Some(token) => Ok(token),
            None => Err(self.attempts.wrong()),
        }
    }
}

/// Tells who sends many wrong tokens to wait. What makes guessing hopeless is the length of the tokens.
#[derive(Debug)]
struct Attempts {
    left: u32,
    counted: Instant,
}

impl Attempts {
    fn wrong(&mut self) -> ApiError {
        let passed = self.counted.elapsed().as_millis() / REFILL.as_millis();
        if passed > 0 {
            self.left = u32::try_from(passed).map_or(BURST, |passed| self.left.saturating_add(passed).min(BURST));
            self.counted = Instant::now();
        }
        if self.left == 0 {
            return ApiError::new(StatusCode::TOO_MANY_REQUESTS, "not-allowed", "too many wrong tokens").retry_after(1);
        }
        self.left -= 1;
        wrong_token()
    }
}

/// Returns a new secret of 256 bits from the operating system, in characters that an address and a cookie take.
///
/// # Errors
/// The operating system has no entropy to give.
pub(crate) fn new_secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns the word for a role, as the documents spell it.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Editor => "editor",
        Role::Operator => "operator",
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Returns the token of an `Authorization` value of the Bearer scheme.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn wrong_token() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "not-allowed", "this is no token of this server")
        .hint("a server without LIMBECK_TOKEN makes a new token with every start; take the address that it printed")
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    const TOKEN: &str = "correct horse battery staple";

    fn access() -> Access {
        let access = Access::new(8086);
        access.add(TOKEN, Role::Operator);
        access
    }

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("a header value"))])
    }

    fn cookie_of(set_cookie: &HeaderValue) -> String {
        let text = set_cookie.to_str().expect("ASCII");
        text.split(';').next().expect("a first part").to_owned()
    }

    #[test]
    fn a_secret_has_256_bits_and_is_never_the_same() {
        let (one, two) = (new_secret().expect("entropy"), new_secret().expect("entropy"));
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).expect("base64").len(), 32);
        assert_ne!(one, two);
    }

    #[test]
    fn a_session_id_is_not_the_token_and_its_cookie_is_closed_to_scripts_and_sites() {
        let cookie = access().login(TOKEN).expect("a right token");
        let text = cookie.to_str().expect("ASCII");
        assert!(text.starts_with("limbeck-8086="), "{text}");
        assert!(text.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{text}");
        assert!(!text.contains(TOKEN), "{text}");
    }

    #[test]
    fn a_session_lasts_until_logout() {
        let access = access();
        let cookie = cookie_of(&access.login(TOKEN).expect("a right token"));
        let cookies = headers(header::COOKIE, &format!("theme=dark; limbeck-8086=stale; {cookie}; limbeck-8087=x"));
        assert_eq!(access.identify(&cookies).expect("signed in").role, Role::Operator);
        access.logout(&cookies).expect("a cookie");
        assert!(access.identify(&cookies).is_err());
    }

    #[test]
    fn a_one_time_token_makes_one_session_and_is_no_bearer_token() {
        let access = access();
        access.add_one_time("one-time", Role::Operator);
        assert!(access.identify(&headers(header::AUTHORIZATION, "Bearer one-time")).is_err());
        assert!(access.login("one-time").is_ok());
        assert!(access.login("one-time").is_err());
    }

    #[test]
    fn a_bearer_token_decides_even_beside_a_good_cookie() {
        let access = access();
        let mut both = headers(header::COOKIE, &cookie_of(&access.login(TOKEN).expect("a right token")));
        for (value, right) in [
            (format!("Bearer {TOKEN}"), true),
            (format!("bearer {TOKEN}"), true),
            ("Bearer wrong".to_owned(), false),
            ("Bearer".to_owned(), false),
            (format!("Basic {TOKEN}"), false),
            (String::new(), false),
        ] {
            both.insert(header::AUTHORIZATION, HeaderValue::from_str(&value).expect("a header value"));
            assert_eq!(access.identify(&both).is_ok(), right, "{value}");
        }
    }

    #[test]
    fn guessing_is_slowed_down_and_locks_nobody_out() {
        let access = access();
        let cookie = headers(header::COOKIE, &cookie_of(&access.login(TOKEN).expect("a right token")));
        let mut told_to_wait = 0;
        for guess in 0..1000 {
            let refusal = access.login(&guess.to_string()).expect_err("a wrong token").into_response();
            told_to_wait += u32::from(refusal.status() == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(told_to_wait > 500, "{told_to_wait} of 1000");
        assert!(access.login(TOKEN).is_ok());
        assert!(access.identify(&headers(header::AUTHORIZATION, &format!("Bearer {TOKEN}"))).is_ok());
        assert!(access.identify(&cookie).is_ok());
    }

    #[test]
    fn sessions_are_bounded_and_the_one_unused_for_longest_goes_first() {
        let access = access();
        let first = headers(header::COOKIE, &cookie_of(&access.login(TOKEN).expect("a right token")));
        let second = headers(header::COOKIE, &cookie_of(&access.login(TOKEN).expect("a right token")));
        assert!(access.identify(&first).is_ok());
        for _ in 0..MOST_SESSIONS - 1 {
            access.login(TOKEN).expect("a right token");
        }
        assert!(access.identify(&first).is_ok());
        assert!(access.identify(&second).is_err());
    }
}
