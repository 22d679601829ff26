//! A visitor: one Chromium with an empty profile, and what one does with a page.

use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::FutureExt as _;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chromedriver;

/// So long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A visitor with a browser of their own.
pub(crate) struct Visitor {
    client: Client,
    test: &'static str,
    profile: TempDir,
}

/// Gives a test a visitor. A test that fails leaves a picture of the page, and its text, in the build directory; one that
/// passes must not have left an error in the browser's console, where violations of the Content-Security-Policy stand.
pub(crate) fn visit(test: &'static str, steps: impl AsyncFnOnce(&Visitor)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime starts");
    runtime.block_on(async {
        let visitor = Visitor::new(test).await;
        let result = AssertUnwindSafe(async {
            steps(&visitor).await;
            visitor.has_seen_no_error().await;
        })
        .catch_unwind()
        .await;
        if result.is_err() {
            visitor.take_picture(&format!("{test}-failed")).await;
            let text = visitor.text().await;
            println!("the page at {} says:\n{text}\n", visitor.place().await);
            println!("console: {:#?}", visitor.console().await);
        }
        let _ = visitor.client.clone().close().await;
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
}

impl Visitor {
    async fn new(test: &'static str) -> Self {
        let profile = tempfile::Builder::new().prefix("limbeck-chromium-").tempdir().expect("/tmp is writable");
        let profile_argument = format!("--user-data-dir={}", profile.path().display());
        let mut arguments = vec![
            "--headless=new",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,800",
            &profile_argument,
        ];
        // Chromium's sandbox needs another user than root.
        if is_root() {
            arguments.push("--no-sandbox");
        }
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is written as an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from_iter(capabilities))
            .connect(chromedriver::url())
            .await
            .expect("Chromium starts; if it is missing: apt-get install chromium");
        Self { client, test, profile }
    }

    /// Opens an address.
    pub(crate) async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address} does not open: {error}"));
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.expect("the page loads again");
    }

    /// Returns path and query of the address.
    pub(crate) async fn place(&self) -> String {
        let url = self.client.current_url().await.expect("there is a page");
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", url.path())
    }

    /// Clicks on what is called by a name that starts with `name`: a button, a link, an option.
    pub(crate) async fn click(&self, name: &str) {
        self.until(&format!("{name:?} can be clicked"), async || {
            let Some(element) = self.control(name).await else { return false };
            element.click().await.is_ok()
        })
        .await;
    }

    /// Clicks on the first element that a CSS selector finds.
    pub(crate) async fn click_on(&self, selector: &str) {
        self.until(&format!("{selector} can be clicked"), async || {
            let Ok(element) = self.client.find(Locator::Css(selector)).await else { return false };
            element.click().await.is_ok()
        })
        .await;
    }

    /// Clicks on the row of the history that says `text`.
    pub(crate) async fn click_row(&self, text: &str) {
        let path = format!("//*[@role='row'][contains(normalize-space(.), \"{text}\")]");
        self.until(&format!("the row {text:?} can be clicked"), async || {
            let Ok(row) = self.client.find(Locator::XPath(&path)).await else { return false };
            row.click().await.is_ok()
        })
        .await;
    }

    /// Replaces what stands in the field that a CSS selector finds and presses Enter.
    pub(crate) async fn fills(&self, selector: &str, text: &str) {
        self.until(&format!("{selector} can be filled"), async || {
            let Ok(field) = self.client.find(Locator::Css(selector)).await else { return false };
            field.clear().await.is_ok() && field.send_keys(&format!("{text}\u{e007}")).await.is_ok()
        })
        .await;
    }

    /// Waits until path and query of the address are `place`.
    pub(crate) async fn is_at(&self, place: &str) {
        self.until(&format!("the address is {place}"), async || self.place().await == place).await;
    }

    /// Returns the text of the element that has the focus.
    pub(crate) async fn focused(&self) -> String {
        let text = self.script("return document.activeElement ? document.activeElement.innerText : ''").await;
        words(text.as_str().unwrap_or_default())
    }

    /// Waits until the page says `text`, white space not counted.
    pub(crate) async fn sees(&self, text: &str) {
        self.until(&format!("the page says {text:?}"), async || self.text().await.contains(&words(text))).await;
    }

    /// Waits until the page no longer says `text`.
    pub(crate) async fn sees_no_more(&self, text: &str) {
        self.until(&format!("the page does not say {text:?}"), async || !self.text().await.contains(&words(text)))
            .await;
    }

    /// Waits until a CSS selector finds `count` elements.
    pub(crate) async fn counts(&self, selector: &str, count: usize) {
        self.until(&format!("there are {count} of {selector}"), async || self.count(selector).await == count).await;
    }

    /// Returns how many elements a CSS selector finds.
    pub(crate) async fn count(&self, selector: &str) -> usize {
        self.client.find_all(Locator::Css(selector)).await.map_or(0, |found| found.len())
    }

    /// Returns whether something that can be clicked has a name that starts with `name`.
    pub(crate) async fn can_click(&self, name: &str) -> bool {
        self.control(name).await.is_some()
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub(crate) async fn presses(&self, keys: &[Key]) {
        for key in keys {
            self.presses_char(char::from(*key)).await;
        }
    }

    /// Types text wherever the focus is.
    pub(crate) async fn types(&self, text: &str) {
        for character in text.chars() {
            self.presses_char(character).await;
        }
    }

    async fn presses_char(&self, value: char) {
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.expect("a key can be pressed");
    }

    /// Returns what the page says, white space folded.
    pub(crate) async fn text(&self) -> String {
        let text = self.script("return document.body ? document.body.innerText : ''").await;
        words(text.as_str().unwrap_or_default())
    }

    /// Runs a script in the page.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Lets every page that is opened from here on run a script before its own.
    pub(crate) async fn starts_pages_with(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script })).await;
    }

    /// Makes the page as large as given, in CSS pixels, and hides its scroll bars.
    pub(crate) async fn resizes(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics).await;
        self.devtools("Emulation.setScrollbarsHidden", &json!({ "hidden": true })).await;
    }

    /// Asks for dark colors, or for light ones.
    pub(crate) async fn prefers_dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let parameters = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", &parameters).await;
    }

    /// Saves a picture of the window under `target/screenshots`.
    pub(crate) async fn take_picture(&self, name: &str) {
        let Ok(png) = self.client.screenshot().await else { return };
        let directory = pictures();
        fs::create_dir_all(&directory).expect("the build directory is writable");
        fs::write(directory.join(format!("{name}.png")), png).expect("the build directory is writable");
    }

    /// Returns the memory that only the process of this page holds, in bytes, after collecting garbage: the document,
    /// JavaScript's and WASM's memories, the worker, and Chromium's own part in them.
    pub(crate) async fn memory(&self) -> u64 {
        self.devtools("HeapProfiler.collectGarbage", &json!({})).await;
        let browser = self.profile.path().display().to_string();
        let renderers = processes().filter(|process| {
            let line = command_line(*process);
            line.contains("--type=renderer") && ancestors(*process).any(|other| command_line(other).contains(&browser))
        });
        // A second one waits for the next page, empty.
        renderers.map(private_memory).max().expect("the page has a process")
    }

    /// Returns what the browser wrote to the console since it was asked last: level and message.
    pub(crate) async fn console(&self) -> Vec<String> {
        let log = self.client.issue_cmd(ChromeCommand::new("se/log", &json!({ "type": "browser" }))).await;
        let entries = log.unwrap_or_default();
        let line = |entry: &Value| {
            format!("{} {}", entry["level"].as_str().unwrap_or("?"), entry["message"].as_str().unwrap_or("?"))
        };
        entries.as_array().into_iter().flatten().map(line).collect()
    }

    /// Fails if the console holds an error or a warning, such as a violation of the Content-Security-Policy.
    pub(crate) async fn has_seen_no_error(&self) {
        // A page looks from time to time whether its server is there; at the end of a test it is gone.
        let asked = |line: &String| ["/api/project", "/api/database"].iter().any(|path| line.contains(path));
        let unanswered = |line: &String| asked(line) && line.contains("net::ERR_");
        // The model may still be on its way when a test and its server end.
        let unloaded = |line: &String| {
            let broken_off = ["Failed to fetch", "net::ERR_", "importScripts"];
            line.contains("/model") && broken_off.iter().any(|words| line.contains(words))
        };
        let wrong = |line: &String| !line.starts_with("INFO") && !unanswered(line) && !unloaded(line);
        let errors: Vec<String> = self.console().await.into_iter().filter(wrong).collect();
        assert!(errors.is_empty(), "{}: the console holds errors: {errors:#?}", self.test);
    }

    /// Waits until `condition` holds; fails with `what` if it never does.
    pub(crate) async fn until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition().await {
            assert!(Instant::now() < deadline, "{}: not within {PATIENCE:?}: {what}", self.test);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Returns the first control with a name that starts with `name`, shown and enabled.
    async fn control(&self, name: &str) -> Option<Element> {
        let quoted = if name.contains('"') { format!("'{name}'") } else { format!("\"{name}\"") };
        let path =
            ["button", "a", "label", "*[@role='button']", "*[@role='tab']", "*[@role='option']", "*[@role='menuitem']"]
                .map(|kind| {
                    let kind = kind.to_owned();
                    let kind = if kind.starts_with('*') { kind } else { format!("{kind}[not(@disabled)]") };
                    format!("//{kind}[starts-with(normalize-space(.), {quoted}) or starts-with(@aria-label, {quoted})]")
                })
                .join(" | ");
        for element in self.client.find_all(Locator::XPath(&path)).await.ok()? {
            if element.is_displayed().await.unwrap_or(false) && element.is_enabled().await.unwrap_or(false) {
                return Some(element);
            }
        }
        None
    }

    async fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let answer: Result<Value, CmdError> =
            self.client.issue_cmd(ChromeCommand::new("goog/cdp/execute", &body)).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}

/// Returns the directory for pictures.
pub(crate) fn pictures() -> PathBuf {
    // The binaries of cargo's tests lie in `target/PROFILE/deps`.
    let own = std::env::current_exe().expect("the test knows where it is");
    let target = own.ancestors().nth(3).expect("tests lie below the build directory");
    target.join("screenshots")
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn command_line(process: u32) -> String {
    fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default()
}

fn ancestors(process: u32) -> impl Iterator<Item = u32> {
    let parent = |process: &u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok()).filter(|parent| *parent != 0)
    };
    std::iter::successors(Some(process), parent)
}

fn private_memory(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    private.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum::<u64>() * 1024
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
}

/// What ChromeDriver knows beyond the standard.
#[derive(Debug)]
struct ChromeCommand {
    path: &'static str,
    body: String,
}

impl ChromeCommand {
    fn new(path: &'static str, body: &Value) -> Self {
        Self { path, body: body.to_string() }
    }
}

impl WebDriverCompatibleCommand for ChromeCommand {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}
