//! `foleni-display`: the program beside a hall screen and its loudspeaker.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use display::run::Run;
use display::voice::queue::{Fate, VoiceQueue};
use display::voice::speaker::{DeviceSpeaker, device_ids};
use display::voice::{
    Announcement, Call, CallNews, Form, Known, Languages, Notice, Player, Policy, Settings, Turn, VoicePack, VoiceState, Voices, check,
    sound,
};
use protocol::{AgencyCode, CallNumber, CounterId, Language, Seq, TicketNumber};

/// What is logged unless `RUST_LOG` says otherwise. The decoder tells of every clip it reads.
const LOGGED: &str = "info,symphonia_core=warn,symphonia_format_ogg=warn";

/// The hall screen's station.
#[derive(Debug, Parser)]
#[command(name = "foleni-display", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Looks after voices.
    #[command(subcommand)]
    Voices(VoicesCommand),
    /// Speaks calls as the hall would hear them.
    Say(Say),
    /// Writes a notice as the hall would hear it.
    Tell(Tell),
    /// Shows the hall screen's page and speaks its calls.
    Run(Run),
}

#[derive(Debug, Subcommand)]
enum VoicesCommand {
    /// Lists what is wrong with a voice: the one in DIR, or the built-in one.
    Check {
        /// The voice's folder, with its `voicepack.json`.
        dir: Option<PathBuf>,
    },
    /// Lists the sound devices that can be chosen.
    Devices,
}

#[derive(Debug, clap::Args)]
struct Say {
    /// Ticket and counter, as in `J042 7`; more pairs make a crowd.
    #[arg(required = true, num_args = 2.., value_names = ["TICKET", "COUNTER"])]
    calls: Vec<String>,
    /// The tickets' language.
    #[arg(long, default_value = "en")]
    language: Tongue,
    /// Use few words, as at the peak.
    #[arg(long)]
    short: bool,
    /// The folder of the centre's own voice.
    #[arg(long)]
    voice: Option<PathBuf>,
    /// The sound device, as `voices devices` lists it.
    #[arg(long)]
    device: Option<String>,
    /// How long to wait for a sound device, seconds.
    #[arg(long, default_value_t = 5)]
    patience_seconds: u64,
    /// Write a WAV file; play nothing.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Tell {
    /// Whose services, such as `NTSA`.
    agency: AgencyCode,
    /// What became of them.
    turn: Told,
    /// Say it of one service alone.
    #[arg(long)]
    alone: bool,
    /// The centre's languages.
    #[arg(long, default_value = "both")]
    language: Tongue,
    /// The folder of the centre's own voice.
    #[arg(long)]
    voice: Option<PathBuf>,
    /// The WAV file to write.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Told {
    /// They have stopped for the moment.
    Stopped,
    /// They have resumed.
    Resumed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tongue {
    /// English.
    En,
    /// Kiswahili.
    Sw,
    /// Both; English first.
    Both,
}

fn main() -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| LOGGED.into());
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    match Arguments::parse().command {
        Command::Voices(VoicesCommand::Check { dir }) => check_voice(dir.as_deref()),
        Command::Voices(VoicesCommand::Devices) => list_devices(),
        Command::Say(say) => say.run(),
        Command::Tell(tell) => tell.run(),
        Command::Run(run) => run.run(),
    }
}

fn check_voice(dir: Option<&Path>) -> Result<()> {
    let pack = match dir {
        Some(folder) => VoicePack::open(folder)?,
        None => VoicePack::shipped()?,
    };
    let (faults, clips) = (check::check(&pack), pack.promised().len());
    for fault in &faults {
        println!("{fault}");
    }
    let faulty: BTreeSet<_> = faults.iter().map(|fault| &fault.clip).collect();
    ensure!(faults.is_empty(), "{} of {clips} clips of the voice {} are at fault", faulty.len(), pack.manifest().name);
    let languages: Vec<_> = pack.languages().iter().map(|language| language.tag()).collect();
    println!("all {clips} clips of the voice {} are good ({})", pack.manifest().name, languages.join(", "));
    Ok(())
}

fn list_devices() -> Result<()> {
    let ids = device_ids();
    ensure!(!ids.is_empty(), "there is no sound device");
    ids.iter().for_each(|id| println!("{id}"));
    Ok(())
}

impl Say {
    fn run(&self) -> Result<()> {
        let calls = self.calls()?;
        match &self.out {
            Some(path) => self.write(&calls, path),
            None => self.play(calls),
        }
    }

    fn calls(&self) -> Result<Vec<CallNews>> {
        ensure!(self.calls.len().is_multiple_of(2), "each ticket needs a counter, as in `J042 7`");
        (1..).zip(self.calls.chunks_exact(2)).map(|(number, pair)| self.call(number, &pair[0], &pair[1])).collect()
    }

    fn call(&self, number: u64, ticket: &str, counter: &str) -> Result<CallNews> {
        let ticket: TicketNumber = ticket.parse().with_context(|| format!("could not read {ticket:?}"))?;
        let counter = counter.parse().with_context(|| format!("could not read {counter:?}: a counter is a number"))?;
        let language = match self.language {
            Tongue::Sw => Language::Sw,
            Tongue::En | Tongue::Both => Language::En,
        };
        let call = Call { call: CallNumber(number), number: ticket, counter: CounterId(counter), language, recall: false };
        Ok(CallNews { call, age: Duration::ZERO, awaited: true })
    }

    fn policy(&self) -> Policy {
        let languages = match self.language {
            Tongue::Both => Languages::Both,
            Tongue::En | Tongue::Sw => Languages::Ticket,
        };
        Policy { languages, form: if self.short { Form::Short } else { Form::Long }, repeat_after: None }
    }

    /// Goes through the same queue as the hall, with a clock that each announcement moves on by its length.
    fn write(&self, calls: &[CallNews], path: &Path) -> Result<()> {
        let voices = Voices::load(self.voice.as_deref())?;
        let mut queue = VoiceQueue::new(self.policy(), Known::default());
        let mut now = Instant::now();
        let mut samples = Vec::new();
        queue.take(calls, now);
        while let Some(announcement) = queue.next(now) {
            let said = voices.render(&announcement)?;
            now += sound::length(&said);
            queue.finished(now);
            samples.extend(said);
        }
        report_unspoken(&mut queue);
        write_wav(path, &samples).with_context(|| format!("could not write {}", path.display()))
    }

    fn play(&self, calls: Vec<CallNews>) -> Result<()> {
        let settings = Settings { own_voice: self.voice.clone(), policy: self.policy(), known: Known::default() };
        let count = calls.len() as u64;
        let player = Player::start(&settings, DeviceSpeaker::new(self.device.clone()))?;
        player.take(calls);
        let outcome = self.wait(&player, count);
        player.stop();
        outcome
    }

    fn wait(&self, player: &Player, count: u64) -> Result<()> {
        let status = player.status();
        loop {
            let now = status.borrow().clone();
            if now.spoken + now.unspoken == count {
                ensure!(now.unspoken == 0, "{} of {count} calls were not spoken", now.unspoken);
                return Ok(());
            }
            let VoiceState::NoDevice { since } = now.state else {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            };
            if since.elapsed().is_ok_and(|away| away >= Duration::from_secs(self.patience_seconds)) {
                bail!("there is no sound device; {} of {count} calls were spoken", now.spoken);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Tell {
    fn run(self) -> Result<()> {
        let languages = match self.language {
            Tongue::En => vec![Language::En],
            Tongue::Sw => vec![Language::Sw],
            Tongue::Both => Language::ALL.to_vec(),
        };
        let turn = match self.turn {
            Told::Stopped => Turn::Stopped,
            Told::Resumed => Turn::Resumed,
        };
        let notice = Notice { notice: Seq(1), agency: self.agency, alone: self.alone, turn, languages };
        let samples = Voices::load(self.voice.as_deref())?.render(&Announcement::Notice(notice))?;
        write_wav(&self.out, &samples).with_context(|| format!("could not write {}", self.out.display()))
    }
}

fn report_unspoken(queue: &mut VoiceQueue) {
    for note in queue.take_notes() {
        if !matches!(note.fate, Fate::Spoken(..)) {
            println!("{} to counter {} is not spoken: {:?}", note.call.number, note.call.counter, note.fate);
        }
    }
}

fn write_wav(path: &Path, samples: &[f32]) -> Result<(), hound::Error> {
    let format = hound::WavSpec { channels: 1, sample_rate: sound::RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, format)?;
    for sample in samples {
        writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
    }
    writer.finalize()
}
