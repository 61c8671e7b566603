// A page of HTML that needs no other file and no network.

/// The skeleton that all pages share.
enum PageSkeleton {
  /// A whole page. Equal contents give equal texts.
  static func text(
    title: String, style: String = ReportStyle.source, script: String = ReportScript.source,
    _ content: (inout Markup) -> Void
  ) -> String {
    var page = Markup()
    page.verbatim("<!doctype html>\n")
    page.element("html", ["lang": "en"]) { html in
      html.element("head") { head in
        head.void("meta", ["charset": "utf-8"])
        head.void(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        // Nothing outside this file is ever asked for, whatever a name in it says.
        head.void(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content":
              "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
          ])
        head.element("title", text: title)
        head.void("link", ["rel": "icon", "href": "data:,"])
        head.element("style") { $0.verbatim(style) }
      }
      html.element("body") { body in
        body.element("div", ["class": "page"]) { content(&$0) }
        body.element("script") { $0.verbatim(script) }
      }
    }
    page.verbatim("\n")
    return page.source
  }
}

extension PageSkeleton {
  /// The page of a study of a book: its header, `facts` in it, and the sections in `content`.
  static func study(
    _ kind: String, ofBook book: String, subtitle: String,
    facts: [(name: String, text: String)] = [], style: String,
    _ content: (inout Markup) -> Void
  ) -> String {
    text(
      title: ShownName.shortened(book) + " · " + kind, style: ReportStyle.source + style
    ) { page in
      page.element("header") { header in
        header.element("div", ["class": "top"]) { top in
          top.element("h1") { title in
            title.name(book)
            title.element("span", text: subtitle)
          }
          top.element(
            "button", ["class": "quiet theme", "type": "button", "hidden": ""],
            text: "Light or dark")
        }
        if facts.isEmpty { return }
        header.element("dl", ["class": "facts"]) { list in
          for fact in facts {
            list.element("div") { pair in
              pair.element("dt", text: fact.name)
              pair.element("dd", text: fact.text)
            }
          }
        }
      }
      page.element("main", [:], content)
    }
  }
}

extension Markup {
  /// A section with its title, which links can lead to.
  mutating func section(
    id: String, title: String, lead: String? = nil, isLong: Bool = false,
    _ content: (inout Markup) -> Void
  ) {
    element("section", ["id": id]) { section in
      section.element("div", ["class": isLong ? "card long" : "card"]) { card in
        card.element("h2", text: title)
        if let lead { card.element("p", ["class": "lead"], text: lead) }
        content(&card)
      }
    }
  }
}
