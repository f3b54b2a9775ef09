//! Two segment trees over the members of a tier: one to draw by weight, one to find the lowest key.

use super::rng::Rng;

/// Draws at random before the exact enumeration of what may be drawn.
const DRAWS: usize = 128;

/// The shares of one member in a weighted draw: by weight, by rpm, by tpm, and evenly.
pub type Shares = [f64; 4];

/// Sums of shares. Node 1 is the root, node i has the children 2i and 2i+1, leaves start at `width`.
#[derive(Debug)]
pub struct SumTree {
    nodes: Vec<Shares>,
    width: usize,
}

impl SumTree {
    pub fn new(leaves: impl ExactSizeIterator<Item = Shares>) -> Self {
        let width = leaves.len().next_power_of_two();
        let mut nodes = vec![[0.0; 4]; width];
        nodes.extend(leaves);
        nodes.resize(2 * width, [0.0; 4]);
        let mut tree = Self { nodes, width };
        (1..width).rev().for_each(|index| tree.pull(index));
        tree
    }

    pub fn set(&mut self, leaf: usize, shares: Shares) {
        let mut index = leaf + self.width;
        if let Some(node) = self.nodes.get_mut(index) {
            *node = shares;
        }
        while index > 1 {
            index /= 2;
            self.pull(index);
        }
    }

    /// Draw a leaf by the first kind of share that any leaf has.
    pub fn draw(&self, rng: &mut Rng) -> Option<usize> {
        let root = self.node(1);
        let kind = root.iter().position(|sum| *sum > 0.0)?;
        let share = |index: usize| self.node(index).get(kind).copied().unwrap_or_default();
        let mut rest = rng.unit() * share(1);
        let mut index = 1;
        while index < self.width {
            let left = share(2 * index);
            // The second test keeps rounding from leading to a leaf without a share.
            if rest < left || share(2 * index + 1) <= 0.0 {
                index *= 2;
            } else {
                rest -= left;
                index = 2 * index + 1;
            }
        }
        Some(index - self.width)
    }

    fn pull(&mut self, index: usize) {
        let (left, right) = (self.node(2 * index), self.node(2 * index + 1));
        if let Some(node) = self.nodes.get_mut(index) {
            node.iter_mut().zip(left.iter().zip(right)).for_each(|(sum, (a, b))| *sum = a + b);
        }
    }

    fn node(&self, index: usize) -> Shares {
        self.nodes.get(index).copied().unwrap_or_default()
    }
}

/// A member's key (lower is better) and the tokens it has room for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    pub key: f64,
    pub room: f64,
}

impl Rank {
    /// A member that may not be picked.
    pub const NEVER: Rank = Rank { key: f64::INFINITY, room: f64::NEG_INFINITY };

    fn fits(self, tokens: f64, highest: f64) -> bool {
        self.room >= tokens && self.key <= highest
    }
}

/// A subtree: its lowest key and largest room, how many leaves tie at that key, and the least room among these.
#[derive(Clone, Copy, Debug)]
struct Node {
    best: Rank,
    ties: u32,
    /// Rounded down, so that room is never promised where there is none.
    tied_room: f32,
}

fn rounded_down(room: f64) -> f32 {
    let rounded = room as f32;
    if f64::from(rounded) > room { rounded.next_down() } else { rounded }
}

impl Node {
    const NEVER: Node = Node { best: Rank::NEVER, ties: 0, tied_room: f32::INFINITY };

    fn leaf(rank: Rank) -> Self {
        if rank.key == f64::INFINITY {
            Self::NEVER
        } else {
            Self { best: rank, ties: 1, tied_room: rounded_down(rank.room) }
        }
    }

    fn merge(left: Node, right: Node) -> Node {
        let key = left.best.key.min(right.best.key);
        let tied = [left, right].into_iter().filter(|side| side.best.key == key);
        let (ties, tied_room) =
            tied.fold((0, f32::INFINITY), |(ties, room), side| (ties + side.ties, f32::min(room, side.tied_room)));
        Node { best: Rank { key, room: left.best.room.max(right.best.room) }, ties, tied_room }
    }
}

/// Lowest keys and largest rooms, laid out as `SumTree`. Searches skip subtrees that cannot hold the answer.
#[derive(Debug)]
pub struct RankTree {
    nodes: Vec<Node>,
    width: usize,
    len: usize,
}

impl RankTree {
    pub fn new(leaves: impl ExactSizeIterator<Item = Rank>) -> Self {
        let len = leaves.len();
        let width = len.next_power_of_two();
        let mut nodes = vec![Node::NEVER; width];
        nodes.extend(leaves.map(Node::leaf));
        nodes.resize(2 * width, Node::NEVER);
        let mut tree = Self { nodes, width, len };
        (1..width).rev().for_each(|index| tree.pull(index));
        tree
    }

    pub fn set(&mut self, leaf: usize, rank: Rank) {
        let mut index = leaf + self.width;
        if let Some(node) = self.nodes.get_mut(index) {
            *node = Node::leaf(rank);
        }
        while index > 1 {
            index /= 2;
            self.pull(index);
        }
    }

    /// The first leaf with the lowest key among those with room for `tokens`, and its key.
    pub fn lowest(&self, tokens: f64) -> Option<(usize, f64)> {
        let mut best = None;
        self.search(1, 0, self.width, tokens, &mut best);
        best
    }

    /// A leaf drawn evenly from those with the lowest key, if all of these have room for `tokens`.
    pub fn draw_lowest(&self, tokens: f64, rng: &mut Rng) -> Option<usize> {
        let root = self.at(1);
        if root.ties == 0 || f64::from(root.tied_room) < tokens {
            return None;
        }
        let mut rest = rng.below(root.ties as usize) as u32;
        let mut index = 1;
        while index < self.width {
            let left = self.at(2 * index);
            let ties = if left.best.key == root.best.key { left.ties } else { 0 };
            index = if rest < ties { 2 * index } else { 2 * index + 1 };
            rest = if rest < ties { rest } else { rest - ties };
        }
        Some(index - self.width)
    }

    /// A leaf drawn evenly from those with room for `tokens` and a key up to `highest`.
    pub fn draw(&self, tokens: f64, highest: f64, rng: &mut Rng) -> Option<usize> {
        for _ in 0..DRAWS {
            let leaf = rng.below(self.len);
            if self.node(leaf + self.width).fits(tokens, highest) {
                return Some(leaf);
            }
        }
        let mut found = Vec::new();
        self.collect(1, tokens, highest, &mut found);
        found.get(rng.below(found.len())).copied()
    }

    fn search(&self, index: usize, first: usize, span: usize, tokens: f64, best: &mut Option<(usize, f64)>) {
        let node = self.node(index);
        if node.room < tokens || best.is_some_and(|(leaf, key)| node.key > key || (node.key == key && first > leaf)) {
            return;
        }
        if index >= self.width {
            *best = Some((first, node.key));
            return;
        }
        let (half, left, right) = (span / 2, 2 * index, 2 * index + 1);
        if self.node(right).key < self.node(left).key {
            self.search(right, first + half, half, tokens, best);
            self.search(left, first, half, tokens, best);
        } else {
            self.search(left, first, half, tokens, best);
            self.search(right, first + half, half, tokens, best);
        }
    }

    fn collect(&self, index: usize, tokens: f64, highest: f64, found: &mut Vec<usize>) {
        if !self.node(index).fits(tokens, highest) {
            return;
        }
        if index >= self.width {
            found.push(index - self.width);
            return;
        }
        self.collect(2 * index, tokens, highest, found);
        self.collect(2 * index + 1, tokens, highest, found);
    }

    fn pull(&mut self, index: usize) {
        let merged = Node::merge(self.at(2 * index), self.at(2 * index + 1));
        if let Some(node) = self.nodes.get_mut(index) {
            *node = merged;
        }
    }

    fn at(&self, index: usize) -> Node {
        self.nodes.get(index).copied().unwrap_or(Node::NEVER)
    }

    fn node(&self, index: usize) -> Rank {
        self.at(index).best
    }
}
