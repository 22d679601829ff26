//! Which of many rows of one height are on screen.

use std::ops::Range;

/// Height of a row, in CSS pixels; `--row` of tokens.css.
pub const ROW: f64 = 30.0;

/// Rows drawn above and below what is visible, so that a fast wheel finds them there.
const OVERSCAN: usize = 12;

/// Returns the rows to draw for a scroll position and a viewport height, both in CSS pixels.
///
/// The edges are multiples of half the overscan, so that most scroll events change nothing.
pub fn window(top: f64, height: f64, total: usize) -> Range<usize> {
    // A cast from a float saturates: nonsense becomes 0 or the end.
    let first = (top / ROW).floor() as usize;
    let count = ((height / ROW).ceil() as usize).saturating_add(1);
    let step = OVERSCAN / 2;
    let start = (first.saturating_sub(step) / step * step).min(total);
    let end = first.saturating_add(count).saturating_add(OVERSCAN).div_ceil(step).saturating_mul(step).min(total);
    start..end.max(start)
}

/// Returns the scroll position that shows a row: a neighbor of what is visible moves the list as little as possible, a
/// row from further away comes to stand in the middle.
pub fn reveal(row: usize, top: f64, height: f64) -> f64 {
    let upper = row as f64 * ROW;
    let lower = upper + ROW;
    let bottom = top + height;
    if upper >= top && lower <= bottom {
        top
    } else if lower < top - ROW || upper > bottom + ROW {
        (upper - (height - ROW) / 2.0).max(0.0)
    } else if upper < top {
        upper
    } else {
        lower - height
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_window_holds_what_is_visible_and_a_margin() {
        assert_eq!(window(0.0, 600.0, 10_000), 0..36);
        assert_eq!(window(3000.0, 600.0, 10_000), 90..138);
        assert_eq!(window(299_400.0, 600.0, 10_000), 9972..10_000);
    }

    #[test]
    fn the_window_never_leaves_the_rows() {
        assert_eq!(window(0.0, 600.0, 0), 0..0);
        assert_eq!(window(0.0, 600.0, 7), 0..7);
        assert_eq!(window(9e9, 600.0, 7), 7..7);
        assert_eq!(window(f64::NAN, f64::INFINITY, 7), 0..7);
        assert_eq!(window(-80.0, 600.0, 7), 0..7);
    }

    #[test]
    fn small_movements_keep_the_window() {
        assert_eq!(window(600.0, 600.0, 1000), window(650.0, 600.0, 1000));
    }

    #[test]
    fn every_visible_row_is_drawn_wherever_one_scrolls() {
        for top in (0..28_000).step_by(7) {
            let drawn = window(f64::from(top), 317.0, 1000);
            let first = (f64::from(top) / ROW) as usize;
            let last = (((f64::from(top) + 317.0) / ROW) as usize).min(999);
            assert!(drawn.contains(&first) && drawn.contains(&last), "{top}: {drawn:?}");
        }
    }

    #[test]
    fn a_neighbor_is_revealed_with_the_least_movement() {
        assert_eq!(reveal(5, 0.0, 600.0), 0.0);
        assert_eq!(reveal(9, 300.0, 600.0), 270.0);
        assert_eq!(reveal(20, 0.0, 600.0), 30.0);
        assert_eq!(reveal(0, 20.0, 600.0), 0.0);
    }

    #[test]
    fn a_row_from_far_away_comes_to_stand_in_the_middle() {
        assert_eq!(reveal(100, 0.0, 600.0), 2715.0);
        assert_eq!(reveal(3, 6000.0, 600.0), 0.0);
    }
}
