// One short tone, made on the spot: no file is loaded. A page that may not sound yet stays silent.

const HERTZ = 660;
const SECONDS = 0.18;
const LOUDNESS = 0.05;

let context: AudioContext | undefined;

export function playTone(): void {
  context ??= new AudioContext();
  const { currentTime: from, destination } = context;
  const gain = new GainNode(context, { gain: LOUDNESS });
  gain.gain.setValueAtTime(LOUDNESS, from);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + SECONDS);
  const tone = new OscillatorNode(context, { frequency: HERTZ });
  tone.connect(gain).connect(destination);
  tone.start(from);
  tone.stop(from + SECONDS);
}
