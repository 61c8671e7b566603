// The script of the page: sorting, searching, opening accounts, the theme. Texts of the data reach
// the document as text nodes only, never as markup.

/// The script, which works on the finished page; without it every row is still there to read.
enum ReportScript {
  /// All of it, as one function that leaves no names behind.
  static let source = "(() => {\n\"use strict\";\n" + theme + format + details + table + "})();\n"

  private static let theme = """
    const root = document.documentElement;
    const themeButton = document.querySelector(".theme");
    themeButton.hidden = false;
    themeButton.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
    });
    for (const button of document.querySelectorAll("[data-more]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const shown = button.closest(".card").classList.toggle("show-more");
        button.setAttribute("aria-pressed", shown);
      });
    }

    """

  private static let format = """
    const absent = "\\u2013", minus = "\\u2212";
    const signed = (value, text) => value < 0 && /[1-9]/.test(text) ? minus + text : text;
    const number = value => value.toLocaleString("en-US");
    const full = value => value === null ? "" : signed(value,
      Math.abs(value).toLocaleString("en-US", { maximumSignificantDigits: 6 })) + " USD";
    const compact = value => {
      if (value === null) return absent;
      let size = Math.abs(value), unit = "";
      for (const larger of ["k", "M", "B", "T"]) {
        if (size < 999.5) break;
        size /= 1000; unit = larger;
      }
      const decimals = size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : 2;
      return signed(value, size.toFixed(decimals)) + unit;
    };
    const make = (name, style, text) => {
      const node = document.createElement(name);
      if (style) node.className = style;
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const amount = value => {
      const cell = make("td", "number", compact(value));
      cell.title = full(value);
      return cell;
    };
    const withError = (value, error) => {
      const cell = amount(value);
      if (value !== null && error !== null) cell.textContent += " \\u00b1 " + compact(error);
      return cell;
    };
    const grid = (title, headings, rows) => {
      const box = make("div"), scroll = make("div", "scroll"), table = make("table");
      box.append(make("h3", "", title), scroll);
      scroll.append(table);
      const head = table.createTHead().insertRow();
      headings.forEach((text, column) => {
        const cell = make("th", column > 0 && text !== "Scenario" ? "number" : "", text);
        cell.scope = "col";
        head.append(cell);
      });
      const body = table.createTBody();
      for (const row of rows) {
        const line = body.insertRow();
        line.className = row.style ?? "";
        line.append(make("td", "text", row.name), ...row.cells);
        if (row.key) line.firstChild.prepend(make("span", "key " + row.key));
      }
      return box;
    };

    """

  private static let details = """
    const ruleSource = document.getElementById("rule-sets");
    const ruleSets = ruleSource ? JSON.parse(ruleSource.textContent) : [];
    const shapes = document.querySelector("svg").namespaceURI;
    const rectangle = (style, left, width, top, height) => {
      const node = document.createElementNS(shapes, "rect");
      node.setAttribute("class", style);
      node.setAttribute("x", left * 100 + "%");
      node.setAttribute("width", Math.max(0, width) * 100 + "%");
      node.setAttribute("y", top);
      node.setAttribute("height", height);
      return node;
    };
    const strip = (box, label, most, pieces) => {
      const picture = document.createElementNS(shapes, "svg");
      picture.setAttribute("class", "stack");
      picture.setAttribute("width", "100%");
      picture.setAttribute("height", "16");
      let left = 0;
      for (const [style, size] of pieces) {
        picture.append(rectangle(style, left, size / most, 0, 16));
        left += size / most;
      }
      box.append(make("p", "muted", label), picture);
    };
    const stack = (account, rule) => {
      const box = make("div");
      const most = Math.max(...account.levels.map(level => Math.max(level.required, level.value)),
        1e-9);
      box.append(make("h3", "", "Requirement by part, and what covers it"));
      account.levels.forEach((level, place) => {
        const charges = [];
        rule.parts.forEach((part, index) => {
          if (part.kind === "charge")
            charges.push(["part-" + (1 + charges.length % 6), Math.max(0, -level.parts[index])]);
        });
        strip(box, rule.levels[place] + " requirement " + compact(level.required), most, charges);
        strip(box, "what counts towards it " + compact(level.value), most,
          [["weight", Math.max(0, level.value)]]);
      });
      if (account.worst) box.append(make("p", "muted", "Worst scenario: " + account.worst));
      return box;
    };
    const requirement = (account, rule) => {
      let charges = 0;
      const rows = rule.parts.map((part, index) => ({ name: part.name,
        key: part.kind === "charge" ? "part-" + (1 + charges++ % 6) : undefined,
        cells: account.levels.map(level => amount(level.parts[index])) }));
      rows.push({ name: "surplus", style: "sum",
        cells: account.levels.map(level => amount(level.surplus)) });
      return grid("Margin by " + rule.name, ["USD", ...rule.levels], rows);
    };
    const detailOf = account => {
      const box = make("div", "detail-box");
      const rule = ruleSets[account.model];
      if (account.levels.length)
        box.append(requirement(account, rule), stack(account, rule));
      const losses = grid("Losses", ["USD", "worst", "Scenario", "VaR", "ES", "delta-gamma gap"],
        account.measures.map(measure => ({ name: measure.set, cells: [amount(measure.worst),
          make("td", "text", measure.scenario), withError(measure.var, measure.varError),
          withError(measure.es, measure.esError), amount(measure.gap)] })));
      losses.className = "full";
      const greeks = grid("Sensitivities", ["USD", "delta", "with balances", "gamma", "vega",
        "theta", "rho", "vanna", "volga"],
        account.greeks.map(row => ({ name: row.name, cells: row.values.map(amount) })));
      greeks.className = "full";
      box.append(losses, greeks, make("p", "muted full", "Equity " + full(account.equity)
        + ", of it options " + full(account.options) + " and unsettled gains "
        + full(account.unsettled) + "."));
      return box;
    };

    """

  private static let table = """
    const table = document.querySelector(".accounts");
    if (!table) return;
    const data = JSON.parse(document.getElementById("account-details").textContent);
    const body = table.tBodies[0];
    const rows = [...body.rows].map(row => ({ row, text: row.textContent.toLowerCase(),
      keys: [...row.cells].map(cell => cell.dataset.sort === undefined
        ? cell.textContent.toLowerCase()
        : cell.dataset.sort === "" ? null : Number(cell.dataset.sort)) }));
    const firstCount = 50;
    let isAll = false, order = rows;
    const search = document.querySelector(".tools input");
    const count = document.querySelector(".tools output");
    const all = document.querySelector("[data-all]");
    search.hidden = false;
    const show = () => {
      const wanted = search.value.trim().toLowerCase();
      const found = order.filter(entry => entry.text.includes(wanted));
      const shown = isAll ? found : found.slice(0, firstCount);
      close();
      body.replaceChildren(...shown.map(entry => entry.row));
      count.textContent = number(shown.length) + " of " + number(found.length)
        + (wanted ? " found" : " accounts");
      all.hidden = shown.length === found.length;
      all.textContent = "Show all " + number(found.length);
    };
    const close = () => {
      for (const detail of body.querySelectorAll(":scope > .detail")) detail.remove();
      for (const button of body.querySelectorAll(".open")) {
        button.setAttribute("aria-expanded", "false");
      }
    };
    const toggle = row => {
      const button = row.querySelector(".open");
      const isOpen = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", !isOpen);
      if (isOpen) { row.nextElementSibling.remove(); return; }
      const line = make("tr", "detail"), cell = make("td");
      cell.colSpan = row.cells.length;
      cell.append(detailOf(data[Number(row.dataset.account)]));
      line.append(cell);
      row.after(line);
    };
    body.addEventListener("click", event => {
      const row = event.target.closest("tr.account");
      if (row) toggle(row);
    });
    search.addEventListener("input", show);
    all.addEventListener("click", () => { isAll = true; show(); });
    for (const button of table.querySelectorAll(".sort")) {
      button.addEventListener("click", () => {
        const heading = button.parentElement, column = Number(button.dataset.column);
        const isUp = heading.getAttribute("aria-sort") !== "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
        order = [...rows].sort((left, right) => {
          const [a, b] = [left.keys[column], right.keys[column]];
          // Rows without a number stay at the end in both directions.
          if (a === null || b === null) return (a === null) - (b === null);
          return (a < b ? -1 : a > b ? 1 : 0) * (isUp ? 1 : -1);
        });
        show();
      });
    }
    show();

    """
}
