//! Stories: the real server, spoken to as citizens, officers, managers and careless or hostile strangers do.

mod arrivals;
mod attendant;
mod calendar;
mod errands;
mod hours;
mod journeys;
mod links;
mod notices;
mod offer;
mod paper;
mod presses;
mod reports;
mod requests;
mod trust;
mod weight;
