const bars = 48;

/** @type {AudioContext | null} */
let shared = null;

/** Browsers start audio processing only after a gesture: to be called from one. */
export function allowAudioPictures() {
  if (navigator.userActivation?.hasBeenActive === false) return;
  shared ??= new AudioContext();
  if (shared.state === 'suspended') void shared.resume();
}

/** Draws a voice as a ring of bars. */
export class VoicePicture {
  #canvas;
  /** @type {AnalyserNode | null} */
  #analyser = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  #frame = 0;
  #levels = new Float32Array(bars);

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** @param {MediaStreamTrack | null} track */
  show(track) {
    this.#source?.disconnect();
    this.#source = null;
    this.#analyser = null;
    if (track && shared) {
      this.#source = shared.createMediaStreamSource(new MediaStream([track]));
      this.#analyser = shared.createAnalyser();
      this.#analyser.fftSize = 256;
      this.#analyser.smoothingTimeConstant = 0.75;
      this.#source.connect(this.#analyser);
    }
    this.#levels.fill(0);
    cancelAnimationFrame(this.#frame);
    if (!this.#canvas.hidden) this.#draw();
  }

  stop() {
    this.#source?.disconnect();
    this.#source = null;
    this.#analyser = null;
    cancelAnimationFrame(this.#frame);
  }

  #draw() {
    const { clientWidth, clientHeight } = this.#canvas;
    const scale = Math.min(window.devicePixelRatio, 2);
    const width = Math.round(clientWidth * scale);
    const height = Math.round(clientHeight * scale);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#measure();
    this.#paint(width, height, scale);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #measure() {
    const analyser = this.#analyser;
    if (!analyser) return;
    const spectrum = new Uint8Array(analyser.frequencyBinCount);
    analyser.getByteFrequencyData(spectrum);
    const half = bars / 2;
    for (let bar = 0; bar < bars; bar += 1) {
      // Mirrored, so that the ring has no seam; voices live in the lower half of the spectrum.
      const bin = bar < half ? bar : bars - 1 - bar;
      this.#levels[bar] = spectrum[2 + bin * 2] / 255;
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {number} scale
   */
  #paint(width, height, scale) {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const loudness = this.#levels.reduce((sum, level) => sum + level, 0) / bars;
    const radius = Math.min(width, height) * 0.24;
    context.clearRect(0, 0, width, height);
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.lineCap = 'round';
    context.lineWidth = Math.max(2 * scale, radius * 0.06);
    for (let bar = 0; bar < bars; bar += 1) {
      const level = calm ? loudness : this.#levels[bar];
      const angle = (bar / bars) * 2 * Math.PI + Math.PI / 2;
      const outer = radius * (1.04 + level * 0.8);
      context.globalAlpha = 0.35 + level * 0.65;
      context.beginPath();
      context.moveTo(width / 2 + Math.cos(angle) * radius, height / 2 + Math.sin(angle) * radius);
      context.lineTo(width / 2 + Math.cos(angle) * outer, height / 2 + Math.sin(angle) * outer);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}
