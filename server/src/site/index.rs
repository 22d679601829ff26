//! `index.html` of a site: the page's own, told where its project is and what it may load.

use crate::page::Policy;

/// Returns the text of the page for a site whose data stands in the file `project`, beside it.
pub(super) fn of_site(page: &str, project: &str) -> String {
    let policy = Policy::of(page).meta();
    // The policy first: it holds for what stands behind it. Its text is made of fixed words and base64.
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />\n    \
         <meta name=\"limbeck-site\" content=\"{project}\" />\n    <base href=\"./\" />"
    );
    let page = without_integrity(page);
    // Lower-casing ASCII keeps every byte where it is.
    let start = page.to_ascii_lowercase().find("<base").unwrap_or(0);
    let (before, base) = page.split_at(start);
    let behind = if start == 0 { base } else { base.split_once('>').map_or("", |(_, behind)| behind) };
    format!("{before}{head}{behind}")
}

/// Returns the page without the digests of its own files: with them a browser loads nothing from a disk, not even the
/// script that says why the page does not start there.
fn without_integrity(page: &str) -> String {
    let mut parts = page.split(" integrity=\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('"').map_or("", |(_, behind)| behind));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_a_header_would_and_where_its_data_is() {
        let page = "<!doctype html><head><meta charset=\"utf-8\"><base href=\"/\"/>\
                    <script>c()</script><script src=\"./a.js\" integrity=\"sha384-x\"></script></head>";
        insta::assert_snapshot!(of_site(page, "project.json"), @r#"
        <!doctype html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-uv6BXxguRKhBqgeOtcyTvppA2Vttceh37dUo7xwS8Ug='; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; font-src 'self'; base-uri 'self'; form-action 'none'" />
            <meta name="limbeck-site" content="project.json" />
            <base href="./" /><script>c()</script><script src="./a.js"></script></head>
        "#);
    }

    #[test]
    fn the_built_page_is_counted_from_where_it_stands() {
        if let Some(page) = crate::page::index() {
            let page = of_site(page, "project.json");
            assert!(page.contains("<base href=\"./\""), "{page}");
            assert!(!page.contains("href=\"/"), "{page}");
        }
    }
}
