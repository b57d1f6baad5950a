//! Stories: the real server, spoken to as citizens, officers, managers and careless or hostile strangers do.

mod arrivals;
mod errands;
mod hours;
mod journeys;
mod links;
mod presses;
mod requests;
mod trust;
mod weight;
