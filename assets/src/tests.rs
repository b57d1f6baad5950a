//! What must hold of everything that is embedded; each file looks at one kind of asset.

mod catalogue;
mod centres;
mod pages;
mod speech;
mod words;
