// What EarlyStopping, ModelCheckpoint and their kin look at.
#pragma once
#include <weft/training/logs.h>
#include <weft/training/model.h>

#include <string>

namespace weft::detail {

enum class Direction { minimize, maximize };

/// "min", "max", or for "auto" Keras's rule: a loss is minimised, else the direction that the
/// metric of this name says. Throws Error naming `callback` for another mode, or when nothing says
/// which way is better.
Direction monitor_direction(const std::string& callback, const std::string& mode,
                            const std::string& monitor, const Model& model);
bool is_better(Direction direction, double value, double best);
/// Worse than everything.
double worst(Direction direction);
/// The monitored number; none, with a warning that names what there is, when the logs have it not.
std::optional<double> monitored(const std::string& callback, const std::string& monitor,
                                const Logs& logs);
/// Throws Error for anything but "auto", "min", "max".
void check_mode(const std::string& callback, const std::string& mode);

}  // namespace weft::detail
