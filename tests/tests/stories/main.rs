//! Stories: the real server, spoken to as citizens, officers, managers and careless or hostile strangers do.

mod errands;
mod hours;
mod journeys;
mod links;
mod notices;
mod presses;
mod requests;
mod trust;
mod weight;
