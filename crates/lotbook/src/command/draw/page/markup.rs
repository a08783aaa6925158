//! HTML from texts: escaped, in two languages, without script and without anything from elsewhere.

/// A text as HTML.
pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// A heading.
pub fn heading(chinese: &str, english: &str) -> String {
    format!("<h2>{}<small lang=\"en\">{}</small></h2>\n", escape(chinese), escape(english))
}

/// A sentence in Chinese, and beside it in English.
pub fn pair(chinese: &str, english: &str) -> String {
    format!("<div class=\"pair\"><p>{}</p><p lang=\"en\">{}</p></div>\n", escape(chinese), escape(english))
}

/// A code: hashes, credit codes, commands.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// A column of a table: its two names, and whether it holds numbers.
pub type Column = (&'static str, &'static str, bool);

/// A table; the cells are HTML already. Nothing, if there are no rows.
pub fn table(columns: &[Column], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let class = |number: bool| if number { " class=\"n\"" } else { "" };
    let head: String = (columns.iter())
        .map(|(chinese, english, number)| {
            let class = class(*number);
            format!("<th{class}>{}<small lang=\"en\">{}</small></th>", escape(chinese), escape(english))
        })
        .collect();
    let cells = |row: &Vec<String>| {
        let cells = row.iter().zip(columns);
        let cells: String =
            cells.map(|(cell, (.., number))| format!("<td{}>{cell}</td>", class(*number))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let body: String = rows.iter().map(cells).collect();
    format!("<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_becomes_markup() {
        let hostile = "<script>alert('x')</script>&\"";
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;";
        assert_eq!(escape(hostile), escaped);
        for html in [heading(hostile, hostile), pair(hostile, hostile), code(hostile)] {
            assert!(html.contains(escaped) && !html.contains("<script"), "{html}");
        }
    }

    #[test]
    fn a_table_without_rows_is_not_there() {
        assert_eq!(table(&[("甲", "a", false)], &[]), "");
        let html = table(&[("甲", "a", true)], &[vec!["1".into()]]);
        assert!(html.contains("<td class=\"n\">1</td>"), "{html}");
    }
}
