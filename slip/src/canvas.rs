//! A picture of black and white dots, as a thermal printer burns it.

/// A picture that grows downwards; white until drawn on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    width: u32,
    bytes_a_row: usize,
    dots: Vec<u8>,
}

/// What a shape is drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Burnt.
    Black,
    /// Left as paper.
    White,
}

impl Canvas {
    /// Returns an empty picture; the width is a multiple of eight.
    pub fn new(width: u32) -> Canvas {
        assert!(width.is_multiple_of(8), "printers take whole bytes");
        Canvas { width, bytes_a_row: (width / 8) as usize, dots: Vec::new() }
    }

    /// Returns the width in dots.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Returns the height in dots.
    pub fn height(&self) -> u32 {
        (self.dots.len() / self.bytes_a_row) as u32
    }

    /// Returns how many bytes make a row.
    pub fn bytes_a_row(&self) -> usize {
        self.bytes_a_row
    }

    /// Returns the dots, eight a byte, the leftmost in the highest bit; one is black.
    pub fn dots(&self) -> &[u8] {
        &self.dots
    }

    /// Appends rows of dots; a row that is not whole is filled with white.
    #[cfg(any(test, feature = "twin"))]
    pub fn append(&mut self, rows: &[u8]) {
        self.dots.extend_from_slice(rows);
        let whole = self.dots.len().next_multiple_of(self.bytes_a_row);
        self.dots.resize(whole, 0);
    }

    /// Makes the picture at least this high.
    pub fn reach(&mut self, height: i32) {
        let rows = usize::try_from(height).unwrap_or(0);
        if self.dots.len() < rows * self.bytes_a_row {
            self.dots.resize(rows * self.bytes_a_row, 0);
        }
    }

    /// Sets one dot. What lies outside the paper is not drawn.
    pub fn dot(&mut self, x: i32, y: i32, ink: Ink) {
        let (Ok(column), Ok(row)) = (u32::try_from(x), usize::try_from(y)) else { return };
        if column >= self.width {
            return;
        }
        self.reach(y + 1);
        let byte = &mut self.dots[row * self.bytes_a_row + (column / 8) as usize];
        let bit = 0x80 >> (column % 8);
        match ink {
            Ink::Black => *byte |= bit,
            Ink::White => *byte &= !bit,
        }
    }

    /// Tells whether a dot is black; what lies outside is not.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        let byte = self.dots.get(y as usize * self.bytes_a_row + (x / 8) as usize);
        x < self.width && byte.is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// Draws another picture with its top left corner at a place; its white leaves what is there.
    pub fn paste(&mut self, picture: &Canvas, x: i32, y: i32) {
        for row in 0..picture.height() {
            for column in (0..picture.width()).filter(|&column| picture.is_black(column, row)) {
                self.dot(x + column as i32, y + row as i32, Ink::Black);
            }
        }
        self.reach(y + picture.height() as i32);
    }

    /// Returns the picture as it is, or smaller when it is wider than this: each dot then is what most of those it stands for are.
    pub fn no_wider_than(&self, width_max: u32) -> Canvas {
        if self.width <= width_max {
            return self.clone();
        }
        let width = width_max / 8 * 8;
        let height = (self.height() * width).div_ceil(self.width);
        let mut smaller = Canvas::new(width);
        for y in 0..height {
            for x in 0..width {
                let (left, right) = (x * self.width / width, ((x + 1) * self.width).div_ceil(width));
                let (top, bottom) = (y * self.width / width, ((y + 1) * self.width).div_ceil(width));
                let all = (right - left) * (bottom - top);
                let black = (top..bottom).flat_map(|row| (left..right).map(move |column| (column, row)));
                if 2 * black.filter(|&(column, row)| self.is_black(column, row)).count() as u32 >= all {
                    smaller.dot(x as i32, y as i32, Ink::Black);
                }
            }
        }
        smaller.reach(height as i32);
        smaller
    }

    /// Blackens one dot wherever the picture would hold a real-time command; see [`crate::raster`].
    pub fn break_commands(&mut self) {
        crate::raster::break_commands(&mut self.dots);
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, x: i32, y: i32, width: i32, height: i32, ink: Ink) {
        for row in y..y + height {
            for column in x..x + width {
                self.dot(column, row, ink);
            }
        }
    }

    /// Draws a frame of the given thickness inside a rectangle.
    pub fn frame(&mut self, x: i32, y: i32, width: i32, height: i32, thickness: i32) {
        self.fill(x, y, width, thickness, Ink::Black);
        self.fill(x, y + height - thickness, width, thickness, Ink::Black);
        self.fill(x, y, thickness, height, Ink::Black);
        self.fill(x + width - thickness, y, thickness, height, Ink::Black);
    }

    /// Draws a line of dashes, as over a fold or a tear.
    pub fn dashes(&mut self, x: i32, y: i32, width: i32, thickness: i32) {
        let (dash, gap) = (thickness * 2, thickness);
        let mut start = 0;
        while start < width {
            self.fill(x + start, y, dash.min(width - start), thickness, Ink::Black);
            start += dash + gap;
        }
    }

    /// Fills the disc that touches all sides of a square.
    pub fn disc(&mut self, x: i32, y: i32, diameter: i32, ink: Ink) {
        let radius_squared = diameter * diameter;
        for row in 0..diameter {
            for column in 0..diameter {
                let (dx, dy) = (2 * column + 1 - diameter, 2 * row + 1 - diameter);
                if dx * dx + dy * dy <= radius_squared {
                    self.dot(x + column, y + row, ink);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leftmost_dot_is_the_highest_bit() {
        let mut canvas = Canvas::new(16);
        canvas.dot(0, 0, Ink::Black);
        canvas.dot(15, 1, Ink::Black);
        assert_eq!(canvas.dots(), [0x80, 0, 0, 1]);
    }

    #[test]
    fn what_is_off_the_paper_is_not_drawn() {
        let mut canvas = Canvas::new(8);
        for (x, y) in [(-1, 0), (8, 0), (0, -1), (i32::MAX, 0)] {
            canvas.dot(x, y, Ink::Black);
        }
        assert!(canvas.dots().iter().all(|&byte| byte == 0));
    }
}
