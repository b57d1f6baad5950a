# Foleni: two commands do everything, `make run` and `make test`. The others are for those who work on it.

.PHONY: run test bench check fmt doc outage prove screens slips

# Opens a living centre: http://localhost:7480
run:
	@scripts/setup run
	cargo build --locked --release -p server -p kiosk -p display -p demo
	target/release/foleni-demo

# Runs every test.
test:
	@scripts/setup test
	@scripts/test

# What a commit must pass besides the tests.
check:
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo check --locked -p queue
	cargo check --locked -p protocol
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items

# Measures: picks and days of the core, then the real server under load, and a kiosk with its printer.
bench:
	@scripts/setup run
	cargo bench --locked -p queue
	cargo build --locked --release -p server -p kiosk -p tests --bins
	target/release/foleni-load

# A hundred rounds of kill -9 under load.
outage:
	@scripts/setup run
	cargo build --locked --release -p server
	FOLENI_ROUNDS=100 cargo test --locked --release -p tests --test outage -- --nocapture

# Proves the rules at length: known queues with 2.5 million tickets each; who may pass whom in 150,000 random states; the rule against a slow
# reference in some 120,000 more (6,000 halls, about twenty each); ten million events of random days with restarts; days of centres of every size
# against a second model; a thousand slips into printers with random faults. A quarter of an hour.
prove:
	FOLENI_TICKETS=2500000 cargo test --locked --release -p queue --test theory -- --nocapture
	FOLENI_STATES=150000 cargo test --locked --release -p queue --test fair -- --nocapture
	PROPTEST_CASES=6000 cargo test --locked --release -p queue --test rule -- --nocapture
	FOLENI_EVENTS=10000000 cargo test --locked --release -p queue --test day -- random_days --nocapture
	FOLENI_DAYS=160 FOLENI_VISITORS=3000 cargo test --locked --release -p queue --test simulate -- --nocapture
	FOLENI_SLIPS=1000 cargo test --locked -p tests --test paper -- --nocapture

fmt:
	cargo fmt

# Draws the pictures of docs/slips anew.
slips:
	rm -f docs/slips/*.png
	cargo run --locked -p slip --example sample -- docs/slips --pictures

# Takes the pictures of docs/screens anew, from a lively morning.
screens:
	@scripts/setup test
	FOLENI_SCREENS="$(CURDIR)/docs/screens" FOLENI_BROWSER=must cargo test --locked -p tests --test browser -- --nocapture
