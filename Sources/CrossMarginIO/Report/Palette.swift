// Colours of the report, light and dark. Gain and loss are blue and orange, which people with any
// common colour blindness tell apart; a status is never told by its colour alone.

/// The two themes, as custom properties of the style sheet.
enum Palette {
  /// Dark text on light surfaces.
  static let light = """
      --page: #f3f5f8; --surface: #ffffff; --raised: #f7f9fb; --ink: #17202e; --muted: #55606f;
      --line: #dde3ea; --axis: #8b96a5; --accent: #1d5fbf; --accent-soft: #e8f0fb;
      --warn: #a3231a; --warn-soft: #fdecea; --shadow: 0 1px 2px rgb(20 30 50 / 7%);
      --series-1: #2f6fb7; --series-2: #c0601a; --series-3: #23805e; --series-4: #8e2a5b;
      --tail: #d5542b; --weight: #7a8798;
      --healthy: #2f8f6b; --healthy-soft: #dff3ea; --healthy-ink: #14573d;
      --below-initial: #d39a1c; --below-initial-soft: #fdf0cf; --below-initial-ink: #6b4a00;
      --liquidatable: #d5542b; --liquidatable-soft: #fde3d8; --liquidatable-ink: #8a2c0c;
      --insolvent: #8e2a5b; --insolvent-soft: #f6dbe8; --insolvent-ink: #741a47;
      --unmargined: #8a94a3; --unmargined-soft: #e8ebf0; --unmargined-ink: #414b59;
      --gain-1: #e6f0f9; --gain-2: #cde1f3; --gain-3: #aecdea; --gain-4: #8bb8df;
      --gain-5: #67a3d4; --zero: #f2f4f7;
      --loss-1: #fdecde; --loss-2: #fad7bb; --loss-3: #f5bd90; --loss-4: #efa168;
      --loss-5: #e6873f;
    """

  /// Light text on dark surfaces.
  static let dark = """
      --page: #0d1219; --surface: #151c26; --raised: #1b2430; --ink: #e7ecf3; --muted: #a2aebd;
      --line: #2a3543; --axis: #66748a; --accent: #82b6f6; --accent-soft: #1b2c42;
      --warn: #ff9d92; --warn-soft: #3a1a18; --shadow: none;
      --series-1: #5f9fe0; --series-2: #e9964f; --series-3: #56bf95; --series-4: #d57fae;
      --tail: #ec7a50; --weight: #7c8a9c;
      --healthy: #43a57f; --healthy-soft: #173a2e; --healthy-ink: #9fe3c6;
      --below-initial: #d9a63f; --below-initial-soft: #3d3010; --below-initial-ink: #f3d58a;
      --liquidatable: #ec7a50; --liquidatable-soft: #4a2113; --liquidatable-ink: #ffb79a;
      --insolvent: #c9619a; --insolvent-soft: #461a31; --insolvent-ink: #f5b0d0;
      --unmargined: #77849a; --unmargined-soft: #2a3340; --unmargined-ink: #c3ccd8;
      --gain-1: #1a2a3c; --gain-2: #1b3650; --gain-3: #1d4568; --gain-4: #1f5581;
      --gain-5: #22669b; --zero: #1f2731;
      --loss-1: #2f2318; --loss-2: #472c16; --loss-3: #613714; --loss-4: #7c4312;
      --loss-5: #964f12;
    """

  /// Rules that choose a theme: the reader's system, unless the page's button says otherwise; paper
  /// is light.
  static let rules = """
    :root { color-scheme: light; \(light) }
    :root[data-theme="dark"] { color-scheme: dark; \(dark) }
    @media (prefers-color-scheme: dark) {
      :root:not([data-theme="light"]) { color-scheme: dark; \(dark) }
    }
    @media print { :root, :root[data-theme="dark"], :root:not([data-theme="light"]) {
      color-scheme: light; \(light) } }
    """
}
