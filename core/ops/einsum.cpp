#include <weft/core/ops/einsum.h>

#include <algorithm>
#include <array>

#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/eye.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/ops/squeeze.h>
#include <weft/core/ops/transpose.h>
#include "core/access.hpp"
#include "core/einsum_equation.hpp"
#include "core/ops/checks.hpp"
#include "core/shape_text.hpp"

namespace weft {
namespace {

using std::string;

bool has(const string& labels, char label) { return labels.find(label) != string::npos; }

/// Those of `labels` that are (not) in `others`, in their order.
string among(const string& labels, const string& others, bool in = true) {
  string out;
  for (char c : labels) {
    if (has(others, c) == in) out += c;
  }
  return out;
}

struct Term {
  Tensor value;
  string labels;
  int axis(char label) const { return static_cast<int>(labels.find(label)); }
  Dim size(char label) const { return value.shape()[axis(label)]; }
};

Term in_order(Term t, const string& order) {
  if (t.labels == order) return t;
  std::vector<int> axes;
  for (char c : order) axes.push_back(t.axis(c));
  return {ops::transpose(t.value, axes), order};
}

Term summed(Term t, const string& away) {
  if (away.empty()) return t;
  std::vector<int> axes;
  for (char c : away) axes.push_back(t.axis(c));
  return {ops::sum(t.value, {.axis = axes}), among(t.labels, away, false)};
}

/// A label that occurs twice keeps its diagonal: what lies beside it is made 0 and summed away.
Term without_repeats(Term t) {
  for (std::size_t i = 0; i < t.labels.size(); ++i) {
    const auto again = t.labels.find(t.labels[i], i + 1);
    if (again == string::npos) continue;
    const int rank = t.value.shape().rank(), a = static_cast<int>(i), b = static_cast<int>(again);
    const Shape shape = t.value.shape();
    Shape eye = shape;
    for (int d = 0; d < rank; ++d) {
      if (d != a && d != b) eye.set(d, 1);
    }
    const Tensor diagonal =
        ops::reshape(ops::eye(shape[a], {.M = shape[b], .dtype = t.value.dtype()}), eye);
    t.value = ops::sum(t.value * diagonal, {.axis = b});
    t.labels.erase(again, 1);
    --i;
  }
  return t;
}

/// Where an axis of `...` has size 1 in one operand and more in the other, it is left out of the
/// first.
Term without_spread(Term t, const Term& other) {
  for (std::size_t i = 0; i < t.labels.size();) {
    const char c = t.labels[i];
    const bool gone = ops::is_ellipsis_label(c) && has(other.labels, c) && t.size(c).known() &&
                      t.size(c) == 1 && !(other.size(c).known() && other.size(c) == 1);
    if (gone) {
      t.value = ops::squeeze(t.value, static_cast<int>(i));
      t.labels.erase(i, 1);
    } else {
      ++i;
    }
  }
  return t;
}

/// The parts that the labels of a product play.
struct Parts {
  string batch, rows, columns, inner;
  string result() const { return batch + rows + columns; }
};

/// Several axes next to each other as one.
Tensor merged(const Term& t, const std::vector<string>& groups) {
  Shape shape;
  bool same = true;
  for (const string& group : groups) {
    if (group.size() == 1) {
      shape.push_back(t.size(group[0]));
      continue;
    }
    same = false;
    std::int64_t size = 1;
    for (char c : group) size = size >= 0 && t.size(c).known() ? size * t.size(c) : -1;
    shape.push_back(size);
  }
  return same ? t.value : ops::reshape(t.value, shape);
}

std::vector<string> groups(const string& batch, const string& a, const string& b) {
  std::vector<string> out;
  for (char c : batch) out.emplace_back(1, c);
  out.push_back(a);
  out.push_back(b);
  return out;
}

/// An operand as matrices [batch..., outer, inner], or the other way round with `transposed`.
struct Matrices {
  Tensor value;
  bool transposed;
};

Matrices as_matrices(const Term& t, const string& batch, const string& outer, const string& inner,
                     bool outer_first) {
  const string straight = batch + outer + inner, turned = batch + inner + outer;
  if (t.labels == turned && t.labels != straight)
    return {merged(t, groups(batch, inner, outer)), outer_first};
  if (t.labels == straight) return {merged(t, groups(batch, outer, inner)), !outer_first};
  const string& wanted = outer_first ? straight : turned;
  const Term ordered = in_order(t, wanted);
  return {merged(ordered, outer_first ? groups(batch, outer, inner) : groups(batch, inner, outer)),
          false};
}

/// How many transpositions a choice costs.
int cost(const Term& a, const Term& b, const Parts& p, const string& wanted) {
  const auto turns = [&](const Term& t, const string& outer) {
    return t.labels != p.batch + outer + p.inner && t.labels != p.batch + p.inner + outer;
  };
  return turns(a, p.rows) + turns(b, p.columns) + 2 * (p.result() != wanted);
}

Term multiply_matrices(const Term& a, const Term& b, const Parts& p) {
  // Rows of all batches against one matrix: the product takes them as they are.
  const bool shared = p.batch.empty() && p.rows.size() > 1 && a.labels == p.rows + p.inner;
  const Matrices x = shared ? Matrices{merged(a, groups(p.rows.substr(0, p.rows.size() - 1),
                                                        p.rows.substr(p.rows.size() - 1), p.inner)),
                                       false}
                            : as_matrices(a, p.batch, p.rows, p.inner, true);
  const Matrices y = as_matrices(b, p.batch, p.columns, p.inner, false);
  Config attrs;
  if (x.transposed) attrs.set("transpose_a", true);
  if (y.transposed) attrs.set("transpose_b", true);
  const Tensor product = apply_one("matmul", {x.value, y.value}, attrs);
  Shape shape;
  for (char c : p.result()) shape.push_back(has(a.labels, c) ? a.size(c) : b.size(c));
  const bool plain = product.shape().rank() == shape.rank() && (shared || p.rows.size() == 1) &&
                     p.columns.size() == 1;
  return {plain ? product : ops::reshape(product, shape), p.result()};
}

/// Without a sum: a product of elements, axes that an operand lacks being 1.
Term multiply_elements(const Term& a, const Term& b, const Parts& p) {
  const auto spread = [&](const Term& t) {
    const string own = among(p.result(), t.labels);
    std::vector<int> missing;
    for (std::size_t i = 0; i < p.result().size(); ++i) {
      if (!has(own, p.result()[i])) missing.push_back(static_cast<int>(i));
    }
    const Tensor x = in_order(t, own).value;
    return missing.empty() ? x : ops::expand_dims(x, missing);
  };
  return {spread(a) * spread(b), p.result()};
}

/// The product of two terms; of their labels those in `kept` remain, if possible in that order.
Term product(Term a, Term b, const string& kept) {
  a = without_spread(a, b);
  b = without_spread(b, a);
  a = summed(a, among(among(a.labels, b.labels, false), kept, false));
  b = summed(b, among(among(b.labels, a.labels, false), kept, false));
  const string common = among(a.labels, b.labels), wanted = among(kept, a.labels + b.labels);
  const string batch = among(wanted, common), inner = among(common, kept, false);
  const string only_a = among(among(wanted, a.labels), common, false),
               only_b = among(among(wanted, b.labels), common, false);
  if (inner.empty()) return multiply_elements(a, b, {batch, only_a, only_b, {}});
  struct Choice {
    bool swapped;
    Parts parts;
  };
  const string inner_b = among(b.labels, inner);
  const std::array<Choice, 4> choices = {{{false, {batch, only_a, only_b, inner}},
                                          {false, {batch, only_a, only_b, inner_b}},
                                          {true, {batch, only_b, only_a, inner}},
                                          {true, {batch, only_b, only_a, inner_b}}}};
  const Choice* best = nullptr;
  int lowest = 0;
  for (const Choice& c : choices) {
    const int here = c.swapped ? cost(b, a, c.parts, wanted) : cost(a, b, c.parts, wanted);
    if (best == nullptr || here < lowest) {
      best = &c;
      lowest = here;
    }
  }
  return best->swapped ? multiply_matrices(b, a, best->parts)
                       : multiply_matrices(a, b, best->parts);
}

/// Operand by operand from the left; a label is kept while the output or a later operand has it.
std::vector<Tensor> lower(const std::vector<Tensor>& inputs, const Config& attrs) {
  const ops::EinsumEquation e =
      ops::read_einsum(attrs.get<string>("subscripts"), detail::shapes_of(inputs));
  Term left = without_repeats({inputs[0], e.operands[0]});
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    string kept = e.output;
    for (std::size_t j = i + 1; j < inputs.size(); ++j) kept += among(e.operands[j], kept, false);
    left = product(left, without_repeats({inputs[i], e.operands[i]}), kept);
  }
  left = summed(left, among(left.labels, e.output, false));
  return {in_order(left, e.output).value};
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  std::vector<Shape> shapes;
  for (const TensorSpec& in : inputs) shapes.push_back(in.shape);
  const ops::EinsumEquation e = ops::read_einsum(attrs.get<string>("subscripts"), shapes);
  Shape out;
  for (char label : e.output) out.push_back(ops::size_of_label(e, shapes, label));
  return {{out, inputs[0].dtype}};
}

}  // namespace

namespace ops {

Tensor einsum(std::string_view subscripts, const Tensors& operands) {
  if (operands.size() == 0)
    fail<Error>("einsum", "there is no operand", "one tensor or more", "none");
  const std::vector<Tensor> tensors = operands.flat();
  const OpDef& op = find_op("einsum");
  const Config attrs{{"subscripts", subscripts}};
  if (detail::any_functional(tensors)) return apply(op, tensors, attrs).at(0);
  return lower(tensors, attrs).at(0);
}

}  // namespace ops

namespace registration {

void op_einsum() {
  register_op({.name = "einsum",
               .infer = infer,
               .lower = lower,
               .traits = {.promotion = Promotion::common},
               .keras_class = "Einsum"});
}

}  // namespace registration
}  // namespace weft
