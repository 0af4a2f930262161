// The canvas: a picture at any size, moved, zoomed and drawn on with mouse, fingers or keys. It knows no server.

const LARGEST = 32;

export class View {
  /** `events`: drawn(box), slice(by) and drawing(isOn) are called. */
  constructor(canvas, events) {
    this.canvas = canvas;
    this.events = events;
    this.tool = "move";
    this.boxes = [];
    this.fingers = new Map();
    this.drawn = null; // the box while it is drawn: [left, top, right, bottom]
    this.byKeys = false;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#moved(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.#up(event, end));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("dblclick", () => this.fit());
    new ResizeObserver(() => this.#resized()).observe(canvas);
    this.#resized();
  }

  /** Show a picture: `under` is the other side, of which `holes` are seen. `boxes` are outlined. */
  show({ image, under = null, holes = [], blacks = [], boxes = [] }) {
    const isAsBefore = this.image && image && this.image.width === image.width && this.image.height === image.height;
    Object.assign(this, { image, under, holes, blacks, boxes });
    if (isAsBefore) this.paint();
    else this.fit();
  }

  fit() {
    if (!this.image) return this.paint();
    const { width, height } = this.canvas;
    this.scale = Math.min(width / this.image.width, height / this.image.height);
    this.left = (width - this.image.width * this.scale) / 2;
    this.top = (height - this.image.height * this.scale) / 2;
    this.isWhole = true;
    this.paint();
  }

  zoom(by, x = this.canvas.width / 2, y = this.canvas.height / 2) {
    if (!this.image) return;
    const whole = Math.min(this.canvas.width / this.image.width, this.canvas.height / this.image.height);
    const scale = Math.min(Math.max(this.scale * by, whole / 2), Math.max(LARGEST, whole));
    this.left = x - (x - this.left) * scale / this.scale;
    this.top = y - (y - this.top) * scale / this.scale;
    this.scale = scale;
    this.isWhole = false;
    this.paint();
  }

  pan(x, y) {
    this.left += x;
    this.top += y;
    this.isWhole = false;
    this.paint();
  }

  /** Draw with the keys: a box in the middle of what is seen. */
  beginByKeys() {
    if (!this.image) return;
    const [x, y] = this.#inPicture(this.canvas.width / 2, this.canvas.height / 2);
    const [width, height] = [Math.max(4, this.image.width / 8), Math.max(4, this.image.height / 16)];
    this.drawn = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    this.byKeys = true;
    this.events.drawing(true);
    this.paint();
  }

  /** A key while a box is drawn with keys. True where it meant something. */
  key(event) {
    if (!this.byKeys) return false;
    const step = Math.max(1, Math.round(12 / this.scale));
    const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [0, 0];
    if (x || y) {
      const [left, top, right, bottom] = this.drawn;
      this.drawn = event.shiftKey
        ? [left, top, Math.max(left + 1, right + x), Math.max(top + 1, bottom + y)]
        : [left + x, top + y, right + x, bottom + y];
    } else if (event.key === "Enter") this.#finish();
    else if (event.key === "Escape") this.#leave();
    else return false;
    this.paint();
    return true;
  }

  paint() {
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.image) return;
    context.setTransform(this.scale, 0, 0, this.scale, this.left, this.top);
    context.imageSmoothingEnabled = this.scale < 2;
    context.drawImage(this.image, 0, 0);
    for (const [left, top, right, bottom] of this.under ? this.holes : []) {
      const size = [right - left, bottom - top];
      context.drawImage(this.under, left, top, ...size, left, top, ...size);
    }
    context.fillStyle = "#000";
    for (const [left, top, right, bottom] of this.blacks) context.fillRect(left, top, right - left, bottom - top);
    for (const { box, color, dashed, name } of this.boxes) this.#outline(context, box, color, dashed, name);
    if (this.drawn) this.#outline(context, this.drawn, "#ff4fa3", true);
  }

  #outline(context, [left, top, right, bottom], color, dashed, name = "") {
    context.strokeStyle = color;
    context.lineWidth = 2 * devicePixelRatio / this.scale;
    context.setLineDash(dashed ? [6 * devicePixelRatio / this.scale, 4 * devicePixelRatio / this.scale] : []);
    context.strokeRect(left, top, right - left, bottom - top);
    const size = 13 * devicePixelRatio / this.scale;
    context.font = `${size}px sans-serif`;
    context.fillStyle = color;
    context.fillText(name, left, top > size ? top - size / 3 : bottom + size);
  }

  #resized() {
    const { width, height } = this.canvas.getBoundingClientRect();
    this.canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    this.canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    if (this.isWhole) this.fit();
    else this.paint();
  }

  #at(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [(event.clientX - left) * devicePixelRatio, (event.clientY - top) * devicePixelRatio];
  }

  #inPicture(x, y) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }

  #down(event) {
    if (!this.image || event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.#at(event));
    this.byKeys = false;
    const isOne = this.fingers.size === 1 && this.tool === "draw";
    this.start = isOne ? this.#inPicture(...this.#at(event)) : null;
    this.drawn = null;
  }

  #moved(event) {
    const last = this.fingers.get(event.pointerId);
    if (!last) return;
    const now = this.#at(event);
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) {
      const distance = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
      this.zoom(distance(now) / distance(last), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      this.pan((now[0] - last[0]) / 2, (now[1] - last[1]) / 2);
    } else if (this.start) {
      const [x, y] = this.#inPicture(...now);
      this.drawn = [Math.min(x, this.start[0]), Math.min(y, this.start[1]), Math.max(x, this.start[0]), Math.max(y, this.start[1])];
      this.paint();
    } else if (this.tool === "move") this.pan(now[0] - last[0], now[1] - last[1]);
  }

  #up(event, how) {
    this.fingers.delete(event.pointerId);
    if (how === "pointerup" && this.drawn && this.start) this.#finish();
    else if (!this.byKeys) this.drawn = null;
    this.start = null;
    this.paint();
  }

  #finish() {
    const [width, height] = [this.image.width, this.image.height];
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    const [left, top, right, bottom] = this.drawn;
    const box = [within(Math.floor(left), width), within(Math.floor(top), height), within(Math.ceil(right), width), within(Math.ceil(bottom), height)];
    this.#leave();
    if (box[2] - box[0] > 1 && box[3] - box[1] > 1) this.events.drawn(box);
  }

  #leave() {
    this.drawn = null;
    this.byKeys = false;
    this.events.drawing(false);
  }

  #wheel(event) {
    event.preventDefault();
    const isTurn = !event.ctrlKey && this.events.slice(Math.sign(event.deltaY));
    if (!isTurn) this.zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), ...this.#at(event));
  }
}
