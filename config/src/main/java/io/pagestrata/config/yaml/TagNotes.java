// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import java.util.HashSet;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Notes which nodes were written with a tag: the tree does not tell {@code !!str 5} from {@code
 * '5'}. Not thread-safe.
 */
final class TagNotes extends ParserImpl {
  private final Set<Integer> tagged = new HashSet<>();

  TagNotes(StreamReader reader, LoaderOptions options) {
    super(reader, options);
  }

  @Override
  public Event getEvent() {
    Event event = super.getEvent();
    String tag = null;
    if (event instanceof ScalarEvent scalar) {
      tag = scalar.getTag();
    } else if (event instanceof CollectionStartEvent collection) {
      tag = collection.getTag();
    }
    if (tag != null) {
      tagged.add(event.getStartMark().getIndex());
    }
    return event;
  }

  boolean isTagged(Node node) {
    return tagged.contains(node.getStartMark().getIndex());
  }
}
