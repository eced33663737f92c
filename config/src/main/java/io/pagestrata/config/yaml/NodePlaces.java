// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import io.pagestrata.config.Setting;
import io.pagestrata.config.SourceMap;
import io.pagestrata.config.Where;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/** Where the settings of one mapping stand in a file. */
final class NodePlaces implements SourceMap {
  private final String source;
  private final Node mapping;
  private final String path;
  private final Map<String, Node> values = new HashMap<>();

  /**
   * Starts with no setting seen.
   *
   * @param source name of the file
   * @param mapping the section
   * @param path keys that lead to it, such as {@code tiers[0]}; empty for the root
   */
  NodePlaces(String source, Node mapping, String path) {
    this.source = source;
    this.mapping = mapping;
    this.path = path;
  }

  void put(String key, Node value) {
    values.put(key, value);
  }

  @Override
  public Where whole() {
    return path.isEmpty()
        ? where(source, mapping.getStartMark(), Optional.empty())
        : where(source, mapping.getStartMark(), Optional.of(path));
  }

  @Override
  public Where of(Setting<?> setting) {
    return of(setting.name(), values.getOrDefault(setting.name(), mapping));
  }

  /** The place of a key that this mapping lacks. */
  Where of(String key) {
    return of(key, mapping);
  }

  /** The place of a node that stands at a key of this mapping. */
  Where of(String key, Node node) {
    return where(source, node.getStartMark(), Optional.of(pathOf(key)));
  }

  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static Where where(String source, Mark mark, Optional<String> path) {
    int line = mark.getLine() + 1;
    int column = mark.getColumn() + 1;
    String position = source + ":" + line + ":" + column;
    return new Where(
        path.map(it -> position + ": key '" + it + "'").orElse(position), line, column);
  }
}
