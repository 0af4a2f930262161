"""Train the small text detector and write its model, ``src/scanscrub/detect/models/small_text.onnx``.

    python tests/bench/train_small_text.py --minutes 45 --out small_text.onnx [--volume HEAD.nii.gz] [--from MODEL]

Needs torch and onnx (no dependency of the project: only the model that comes out is) and the fonts that
`training_images.py` names. Nothing it learns from is patient data: lettering on public test images and synthetic
ones. The model of the package took six runs of 20 to 80 minutes on one processor, each `--from` the one before; it is
the mean of the last two (``--mean``), which does better than either.
"""

import argparse
import math
import multiprocessing
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional
from training_images import Pieces

from scanscrub.detect.models.small_text import shown

BATCH = 16
CHANNELS = (24, 40, 56)
SEED = 2_000_000
POOL = 160
"""Backgrounds a maker of pieces has at a time; it draws new ones every `RENEW` pieces."""
RENEW = 2500
FIRST = "first"
SPACE_TO_DEPTH = [channel * 4 + place for place in range(4) for channel in range(4)]
"""The first layer's channels in the order of ONNX's SpaceToDepth, (row, column, channel); torch's pixel_unshuffle has
(channel, row, column).
"""


class Block(nn.Sequential):  # type: ignore[misc] # torch is no dependency of the project
    """3x3 convolution, batch normalization, ReLU."""

    def __init__(self, incoming: int, outgoing: int, *, stride: int = 1, dilation: int = 1) -> None:
        convolution = nn.Conv2d(incoming, outgoing, 3, stride=stride, padding=dilation, dilation=dilation, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(outgoing), nn.ReLU(inplace=True))


class Deeper(nn.Module):  # type: ignore[misc] # the same
    """Two convolutions whose sum with their input goes on (a residual block); at first the sum is the input."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.first = Block(channels, channels, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, incoming: torch.Tensor) -> torch.Tensor:
        return functional.relu(incoming + self.norm(self.second(self.first(incoming))))


class SmallTextDetector(nn.Module):  # type: ignore[misc] # the same
    """``(n, 4, rows, columns)``, multiples of 8, to logits ``(n, 1, rows / 2, columns / 2)``: where writing is."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = CHANNELS
        self.fine = nn.Sequential(Block(16, fine), Block(fine, fine))
        self.middle = nn.Sequential(Block(fine, middle, stride=2), Block(middle, middle))
        self.coarse = nn.Sequential(
            Block(middle, coarse, stride=2),
            Block(coarse, coarse),
            Block(coarse, coarse, dilation=2),
            Block(coarse, coarse, dilation=4),
        )
        self.to_middle = nn.Conv2d(coarse, middle, 1)
        self.coarse_more = nn.ModuleList([Deeper(coarse, 2), Deeper(coarse, 3)])
        self.merged_middle = Block(middle, middle)
        self.middle_more = nn.ModuleList([Deeper(middle, 1)])
        self.to_fine = nn.Conv2d(middle, fine, 1)
        self.merged_fine = Block(fine, fine)
        self.answer = nn.Conv2d(fine, 1, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        fine = self.fine(functional.pixel_unshuffle(pixels, 2))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        for more in self.coarse_more:
            coarse = more(coarse)
        middle = self.merged_middle(middle + functional.interpolate(self.to_middle(coarse), scale_factor=2))
        for more in self.middle_more:
            middle = more(middle)
        fine = self.merged_fine(fine + functional.interpolate(self.to_fine(middle), scale_factor=2))
        answer: torch.Tensor = self.answer(fine)
        return answer


def loss(logits: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    entropy = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    probability = torch.sigmoid(logits) * (weight > 0)
    common = (probability * target).sum()
    dice = 1 - 2 * common / (probability.sum() + target.sum() + 1)
    return (entropy * weight).mean() * 4 + 0.5 * dice


def make_batches(queue: "multiprocessing.Queue[tuple[np.ndarray, ...]]", seed: int, volume: Path | None) -> None:
    number = 0
    while True:
        pieces = Pieces(seed + number, POOL, volume)
        number += 1
        for _ in range(RENEW // BATCH):
            batch = [pieces.piece() for _ in range(BATCH)]
            queue.put((
                np.stack([shown(each.pixels) for each in batch]),
                np.stack([half(each.target) for each in batch])[:, np.newaxis],
                np.stack([half(each.weight) for each in batch])[:, np.newaxis],
            ))  # fmt: skip


def half(plane: np.ndarray) -> np.ndarray:
    rows, columns = plane.shape
    return np.asarray(plane.reshape(rows // 2, 2, columns // 2, 2).max(axis=(1, 3)))


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(SEED)
    model = SmallTextDetector()
    if options.start:
        model.load_state_dict(state(options.start, options.volume))
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=1e-4)
    queue: multiprocessing.Queue[tuple[np.ndarray, ...]] = multiprocessing.Queue(6)
    seed = SEED + options.seed * 100_000
    maker = multiprocessing.Process(target=make_batches, args=(queue, seed, options.volume), daemon=True)
    maker.start()
    begin, step, mean, saved = time.monotonic(), 0, 0.0, 0.0
    while (share := (time.monotonic() - begin) / (60 * options.minutes)) < 1:
        rate = options.rate * min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimizer.param_groups:
            group["lr"] = max(rate, 1e-5)
        pixels, target, weight = (torch.from_numpy(each) for each in queue.get())
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(pixels)
        value = loss(logits.float(), target, weight)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        step += 1
        mean = 0.98 * mean + 0.02 * value.item() if mean else value.item()
        if step % 50 == 0:
            print(f"{time.monotonic() - begin:6.0f} s, step {step}, loss {mean:.4f}", flush=True)
        if time.monotonic() - saved > 240:
            saved = time.monotonic()
            save(model, options.out)
    save(model, options.out)
    maker.terminate()


def save(model: SmallTextDetector, path: Path) -> None:
    torch.save(model.state_dict(), path.with_suffix(".pt"))
    path.write_bytes(exported(model).SerializeToString())


class Graph:
    """The nodes and weights of an ONNX graph, batch normalization folded into the convolutions."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, sources: list[str], name: str, **options: object) -> str:
        self.nodes.append(helper.make_node(kind, sources, [name], **options))
        return name

    def constant(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def kernel(self, name: str, values: np.ndarray) -> str:
        """Stored in half precision: half the file, and the same answers to four digits."""
        half_name = self.constant(f"{name}.half", values.astype(np.float16))
        return self.add("Cast", [half_name], name, to=TensorProto.FLOAT)

    def convolution(
        self, name: str, source: str, layer: nn.Conv2d, norm: nn.BatchNorm2d | None, *, rectified: bool = True
    ) -> str:
        kernel = layer.weight.detach().double()
        if name == FIRST:
            kernel = kernel[:, SPACE_TO_DEPTH]
        bias = layer.bias.detach().double() if layer.bias is not None else torch.zeros(layer.out_channels).double()
        if norm is not None:
            factor = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
            kernel = kernel * factor[:, None, None, None]
            bias = norm.bias.detach().double() + (bias - norm.running_mean.double()) * factor
        weights = self.kernel(f"{name}.w", kernel.float().numpy()), self.constant(f"{name}.b", bias.float().numpy())
        self.add(
            "Conv",
            [source, *weights],
            name,
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            dilations=list(layer.dilation),
            pads=[int(layer.padding[0])] * 4,
        )
        return self.add("Relu", [name], f"{name}.on") if norm is not None and rectified else name

    def model(self, name: str, incoming: tuple[str | int, ...], outgoing: tuple[str | int, ...]) -> onnx.ModelProto:
        """The whole as a model; `incoming` and `outgoing` are a name each and the sides of its shape."""
        shapes = [
            helper.make_tensor_value_info(str(each[0]), TensorProto.FLOAT, each[1:]) for each in (incoming, outgoing)
        ]
        made = helper.make_model(
            helper.make_graph(self.nodes, name, shapes[:1], shapes[1:], self.weights),
            opset_imports=[helper.make_opsetid("", 13)],
            producer_name="scanscrub",
        )
        made.ir_version = 8
        onnx.checker.check_model(made)
        return made

    def blocks(self, name: str, source: str, layers: nn.Module) -> str:
        for number, part in enumerate([layers] if isinstance(layers, Block) else layers):
            source = self.convolution(f"{name}{number}", source, part[0], part[1])
        return source

    def deeper(self, name: str, source: str, layers: nn.ModuleList) -> str:
        for number, part in enumerate(layers):
            each = f"{name}{number}"
            first = self.convolution(f"{each}.first", source, part.first[0], part.first[1])
            second = self.convolution(f"{each}.second", first, part.second, part.norm, rectified=False)
            source = self.add("Relu", [self.add("Add", [source, second], f"{each}.sum")], f"{each}.on")
        return source

    def merged(self, name: str, coarse: str, layer: nn.Conv2d, beside: str) -> str:
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        narrow = self.convolution(f"{name}.narrow", coarse, layer, None)
        return self.add(
            "Add", [beside, self.add("Resize", [narrow, "", "twice"], f"{name}.up", **how)], f"{name}.sum"
        )

    def draw(self, model: SmallTextDetector) -> None:
        self.constant("twice", np.array([1, 1, 2, 2], np.float32))
        packed = self.add("SpaceToDepth", ["pixels"], "packed", blocksize=2)
        first = self.convolution(FIRST, packed, model.fine[0][0], model.fine[0][1])
        fine = self.blocks("fine", first, model.fine[1])
        middle = self.blocks("middle", fine, model.middle)
        coarse = self.deeper("coarse_more", self.blocks("coarse", middle, model.coarse), model.coarse_more)
        merged = self.blocks("merged_middle", self.merged("m", coarse, model.to_middle, middle), model.merged_middle)
        middle = self.deeper("middle_more", merged, model.middle_more)
        fine = self.blocks("merged_fine", self.merged("f", middle, model.to_fine, fine), model.merged_fine)
        self.add("Sigmoid", [self.convolution("answer", fine, model.answer, None)], "probability")


class Taken(Graph):
    """Gives the layers of a model the weights of an ONNX file instead; each normalization is left without effect."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        stored = onnx.load(path).graph.initializer
        self._stored = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()).float() for each in stored}

    def convolution(
        self, name: str, source: str, layer: nn.Conv2d, norm: nn.BatchNorm2d | None, *, rectified: bool = True
    ) -> str:
        del source, rectified
        kernel, bias = self._stored[f"{name}.w.half"], self._stored[f"{name}.b"]
        layer.weight.data = kernel[:, np.argsort(SPACE_TO_DEPTH)] if name == FIRST else kernel
        if norm is None:
            layer.bias.data = bias
        else:
            nn.init.ones_(norm.weight)
            norm.bias.data = bias
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
        return name


def taken(path: Path, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
    """The state whose export an ONNX file is. `pixels` give the normalizations, folded there, their statistics."""
    model = SmallTextDetector()
    Taken(path).draw(model)
    norms = [each for each in model.modules() if isinstance(each, nn.BatchNorm2d)]
    incoming: dict[nn.BatchNorm2d, torch.Tensor] = {}
    hooks = [norm.register_forward_hook(lambda norm, given, _: incoming.update({norm: given[0]})) for norm in norms]
    with torch.no_grad():
        model.eval()(pixels)
    for norm, hook in zip(norms, hooks, strict=True):
        hook.remove()
        norm.running_mean.copy_(incoming[norm].mean((0, 2, 3)))
        norm.running_var.copy_(incoming[norm].var((0, 2, 3)))
        norm.bias.data += norm.running_mean
        norm.weight.data = torch.sqrt(norm.running_var + norm.eps)
    given: dict[str, torch.Tensor] = model.state_dict()
    return given


def exported(model: SmallTextDetector) -> onnx.ModelProto:
    """The model as ONNX, its kernels in half precision."""
    model.eval()
    graph = Graph()
    graph.draw(model)
    model.train()
    return graph.model(
        "fineprint", ("pixels", "n", 4, "rows", "columns"), ("probability", "n", 1, "half_rows", "half_columns")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--volume", type=Path, help="a head in MR for more backgrounds (NIfTI, gzipped)")
    parser.add_argument(
        "--from", dest="start", type=Path, help="go on from a model (.onnx) or from the state saved beside it (.pt)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="another number, other pieces: one more for each `--from`"
    )
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--mean", type=Path, nargs="+", help="train nothing: the mean of these states")
    options = parser.parse_args()
    if options.mean:
        model = SmallTextDetector()
        model.load_state_dict(mean([state(path, options.volume) for path in options.mean]))
        save(model, options.out)
    else:
        train(options)


def state(path: Path, volume: Path | None) -> dict[str, torch.Tensor]:
    if path.suffix == ".onnx":
        pieces = Pieces(SEED - 1, POOL // 4, volume)
        return taken(path, torch.from_numpy(np.stack([shown(pieces.piece().pixels) for _ in range(4 * BATCH)])))
    saved: dict[str, torch.Tensor] = torch.load(path)
    return saved


def mean(states: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of each weight (Izmailov et al., "Averaging Weights Leads to Wider Optima", UAI 2018)."""
    return {
        name: torch.stack([each[name] for each in states]).mean(0) if last.is_floating_point() else last
        for name, last in states[-1].items()
    }


if __name__ == "__main__":
    main()
