// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import io.pagestrata.config.ConfigDraft;
import io.pagestrata.config.DaemonSettings;
import io.pagestrata.config.DictionarySettings;
import io.pagestrata.config.PolicySettings;
import io.pagestrata.config.Section;
import io.pagestrata.config.SectionDraft;
import io.pagestrata.config.Setting;
import io.pagestrata.config.Settings;
import io.pagestrata.config.SourceMap;
import io.pagestrata.config.TenantSettings;
import io.pagestrata.config.TierConfig;
import io.pagestrata.config.Where;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Carries the values of one document into a draft, and everything that has no place there. */
final class DocumentReader {
  private static final String TIERS = "tiers";
  private static final String TYPE = "type";
  private static final String EXPORTS = DaemonSettings.EXPORT.name();
  private static final String TLS = "tls";
  private static final String TENANTS = TenantSettings.TENANT.name();
  private static final List<String> STORE_KEYS =
      List.of(
          TIERS,
          Settings.WRITEBACK.name(),
          PolicySettings.POLICIES.name(),
          DictionarySettings.DICTIONARIES.name(),
          TENANTS,
          Settings.MONITOR.name());
  private static final List<String> DAEMON_KEYS = List.of(EXPORTS, DaemonSettings.SERVER.name());
  private static final int LONGEST_KEY_SHOWN = 40;

  /** Tags that YAML gives by itself; any other was written by somebody who expects an object. */
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MAP,
          Tag.SEQ,
          Tag.MERGE);

  private static final String NUMBER = "is a number, and text only in quotes";

  private final String source;
  private final Predicate<Node> tagged;
  private final ConfigDraft draft;

  DocumentReader(String source, Predicate<Node> tagged, ConfigDraft draft) {
    this.source = source;
    this.tagged = tagged;
    this.draft = draft;
  }

  /** Reads the configuration of a store. */
  void readStore(Node root) {
    NodePlaces places = new NodePlaces(source, root, "");
    begin(root, places)
        .ifPresent(
            rest -> {
              readStore(rest, places);
              complainAboutRest(rest, Settings.STORE, STORE_KEYS, places);
            });
  }

  /** Reads the configuration of a daemon. */
  void readDaemon(Node root) {
    NodePlaces places = new NodePlaces(source, root, "");
    begin(root, places)
        .ifPresent(
            rest -> {
              readStore(rest, places);
              Optional.ofNullable(rest.remove(EXPORTS)).ifPresent(it -> readExports(it, places));
              readServer(rest, places);
              List<String> further = new ArrayList<>(STORE_KEYS);
              further.addAll(DAEMON_KEYS);
              complainAboutRest(rest, Settings.STORE, further, places);
            });
  }

  private Optional<Map<String, Node>> begin(Node root, NodePlaces places) {
    draft.locateTiers(places.of(TIERS, root));
    draft.section(Settings.STORE).locateWith(places);
    Optional<Map<String, Node>> entries = entries(root, places);
    if (entries.isEmpty()) {
      draft.tiersUnreadable();
    }
    return entries;
  }

  private void readStore(Map<String, Node> rest, NodePlaces places) {
    readSettings(rest, draft.section(Settings.STORE), places);
    readTiers(Optional.ofNullable(rest.remove(TIERS)), places);
    readSection(Settings.WRITEBACK, rest, places);
    readSection(PolicySettings.POLICIES, rest, places);
    readSection(DictionarySettings.DICTIONARIES, rest, places);
    Optional.ofNullable(rest.remove(TENANTS)).ifPresent(it -> readTenants(it, places));
    readSection(Settings.MONITOR, rest, places);
  }

  private void readSection(Section<?> section, Map<String, Node> parent, NodePlaces parentPlaces) {
    Node node = parent.remove(section.name());
    if (node != null) {
      readSection(section, node, new NodePlaces(source, node, parentPlaces.pathOf(section.name())));
    }
  }

  private void readSection(Section<?> section, Node node, NodePlaces places) {
    SectionDraft values = draft.section(section);
    values.locateWith(places);
    entries(node, places)
        .ifPresent(
            rest -> {
              readSettings(rest, values, places);
              complainAboutRest(rest, section, List.of(), places);
            });
  }

  private void readServer(Map<String, Node> parent, NodePlaces parentPlaces) {
    Node node = parent.remove(DaemonSettings.SERVER.name());
    if (node != null) {
      NodePlaces places = new NodePlaces(source, node, DaemonSettings.SERVER.name());
      SectionDraft values = draft.section(DaemonSettings.SERVER);
      values.locateWith(places);
      entries(node, places)
          .ifPresent(
              rest -> {
                readSettings(rest, values, places);
                Node tls = rest.remove(TLS);
                if (tls != null) {
                  readSection(
                      DaemonSettings.TLS, tls, new NodePlaces(source, tls, places.pathOf(TLS)));
                }
                complainAboutRest(rest, DaemonSettings.SERVER, List.of(TLS), places);
              });
    }
  }

  private void readExports(Node exports, NodePlaces root) {
    Where where = root.of(EXPORTS, exports);
    draft.locateExports(where);
    readList(exports, where, DaemonSettings.EXPORT, draft::addExport, draft::exportsUnreadable);
  }

  private void readTenants(Node tenants, NodePlaces root) {
    Where where = root.of(TENANTS, tenants);
    draft.locateTenants(where);
    // Nothing relates one tenant to the others but its name.
    readList(tenants, where, TenantSettings.TENANT, draft::addTenant, () -> {});
  }

  private void readList(
      Node node,
      Where where,
      Section<?> section,
      Function<SourceMap, SectionDraft> adder,
      Runnable onUnreadable) {
    if (!isPlain(node, where)) {
      onUnreadable.run();
    } else if (node instanceof SequenceNode list) {
      List<Node> nodes = list.getValue();
      for (int i = 0; i < nodes.size(); i++) {
        NodePlaces places = new NodePlaces(source, nodes.get(i), section.name() + "[" + i + "]");
        entries(nodes.get(i), places)
            .ifPresentOrElse(
                rest -> {
                  readSettings(rest, adder.apply(places), places);
                  complainAboutRest(rest, section, List.of(), places);
                },
                onUnreadable);
      }
    } else {
      draft.problem(where, "is " + kind(node) + "; expected a list of " + section.name());
      onUnreadable.run();
    }
  }

  private void readTiers(Optional<Node> tiers, NodePlaces root) {
    if (tiers.isPresent()
        && tiers.get() instanceof SequenceNode list
        && isPlain(list, root.of(TIERS, list))) {
      draft.locateTiers(root.of(TIERS, list));
      List<Node> nodes = list.getValue();
      for (int i = 0; i < nodes.size(); i++) {
        readTier(nodes.get(i), new NodePlaces(source, nodes.get(i), TIERS + "[" + i + "]"));
      }
      return;
    }
    draft.tiersUnreadable();
    if (tiers.isEmpty()) {
      draft.problem(draft.tiersPlace(), "missing; expected a list of tiers, top to bottom");
    } else if (!(tiers.get() instanceof SequenceNode)) {
      draft.problem(
          root.of(TIERS, tiers.get()),
          "is " + kind(tiers.get()) + "; expected a list of tiers, top to bottom");
    }
  }

  private void readTier(Node node, NodePlaces places) {
    Optional<Map<String, Node>> entries = entries(node, places);
    Optional<Section<? extends TierConfig>> type =
        entries.flatMap(it -> tierType(Optional.ofNullable(it.remove(TYPE)), places));
    if (type.isEmpty()) {
      draft.tiersUnreadable();
      return;
    }
    SectionDraft values = draft.addTier(type.get(), places);
    readSettings(entries.get(), values, places);
    complainAboutRest(entries.get(), type.get(), List.of(TYPE), places);
  }

  private Optional<Section<? extends TierConfig>> tierType(Optional<Node> node, NodePlaces places) {
    Where where = node.map(it -> places.of(TYPE, it)).orElseGet(() -> places.of(TYPE));
    if (node.isEmpty()) {
      draft.unknownTierType(where, Optional.empty());
      return Optional.empty();
    }
    return scalar(node.get(), where)
        .flatMap(
            text -> {
              Optional<Section<? extends TierConfig>> section = Settings.tierType(text);
              if (section.isEmpty()) {
                draft.unknownTierType(where, Optional.of(text));
              }
              return section;
            });
  }

  private void readSettings(Map<String, Node> entries, SectionDraft values, NodePlaces places) {
    for (Setting<?> setting : values.section().settings()) {
      Node node = entries.remove(setting.name());
      if (node != null) {
        places.put(setting.name(), node);
        if (setting.isList() && node instanceof SequenceNode list) {
          scalars(list, places.of(setting), setting.isText())
              .ifPresent(texts -> values.setTexts(setting, texts));
        } else if (!setting.isList()
            && node instanceof ScalarNode scalar
            && !scalar.getTag().equals(Tag.NULL)
            && !(setting.isText() && isNumber(scalar))) {
          scalar(node, places.of(setting)).ifPresent(text -> values.setText(setting, text));
        } else if (isPlain(node, places.of(setting))) {
          boolean number = setting.isText() && isNumber(node);
          values.setUnreadable(setting, number ? NUMBER : "is " + kind(node));
        }
      }
    }
  }

  private void complainAboutRest(
      Map<String, Node> rest, Section<?> section, List<String> further, NodePlaces places) {
    List<String> known = new ArrayList<>(further);
    section.settings().forEach(it -> known.add(it.name()));
    rest.forEach((key, node) -> draft.unknownKey(places.of(shown(key), node), key, known));
  }

  /** The entries of a mapping by key, in order; empty, with a problem, when it is none. */
  private Optional<Map<String, Node>> entries(Node node, NodePlaces places) {
    if (!isPlain(node, places.whole())) {
      return Optional.empty();
    }
    if (!(node instanceof MappingNode mapping)) {
      draft.problem(places.whole(), "is " + kind(node) + "; expected a mapping of settings");
      return Optional.empty();
    }
    Map<String, Node> entries = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      Node keyNode = entry.getKeyNode();
      if (!(keyNode instanceof ScalarNode scalar)) {
        draft.problem(
            NodePlaces.where(source, keyNode.getStartMark(), Optional.empty()),
            "a key is " + kind(keyNode) + "; expected a word");
      } else if (isPlain(keyNode, places.of(shown(scalar.getValue()), keyNode))
          && entries.putIfAbsent(scalar.getValue(), entry.getValueNode()) != null) {
        draft.problem(
            places.of(shown(scalar.getValue()), keyNode),
            "given more than once; expected one value");
      }
    }
    return Optional.of(entries);
  }

  /** The text of a scalar; empty, with a problem, when the node is none. */
  private Optional<String> scalar(Node node, Where where) {
    if (!isPlain(node, where)) {
      return Optional.empty();
    }
    if (node instanceof ScalarNode scalar) {
      return Optional.of(scalar.getValue());
    }
    draft.problem(where, "is " + kind(node) + "; expected a single value");
    return Optional.empty();
  }

  /** The texts of a list of scalars; empty, with a problem, when it holds anything else. */
  private Optional<List<String>> scalars(SequenceNode list, Where where, boolean texts) {
    if (!isPlain(list, where)) {
      return Optional.empty();
    }
    List<Optional<String>> found = new ArrayList<>();
    for (Node node : list.getValue()) {
      Where place = NodePlaces.where(source, node.getStartMark(), Optional.empty());
      if (texts && isNumber(node) && isPlain(node, place)) {
        draft.problem(place, NUMBER + "; expected text");
        found.add(Optional.empty());
      } else {
        found.add(scalar(node, place));
      }
    }
    return found.stream().allMatch(Optional::isPresent)
        ? Optional.of(found.stream().flatMap(Optional::stream).toList())
        : Optional.empty();
  }

  private boolean isPlain(Node node, Where where) {
    if (node.getAnchor() != null) {
      draft.problem(where, "anchors and aliases are not allowed; expected plain values");
      return false;
    }
    if (tagged.test(node) || !PLAIN_TAGS.contains(node.getTag())) {
      draft.problem(
          where,
          "tag '" + shown(node.getTag().getValue()) + "' is not allowed; expected plain values");
      return false;
    }
    return true;
  }

  private static String kind(Node node) {
    if (node instanceof MappingNode) {
      return "a mapping";
    }
    if (node instanceof SequenceNode) {
      return "a list";
    }
    return node.getTag().equals(Tag.NULL) ? "empty" : "a single value";
  }

  /** Whether a program that knows YAML and no setting reads a number here. */
  private static boolean isNumber(Node node) {
    return node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT);
  }

  private static String shown(String key) {
    return key.length() > LONGEST_KEY_SHOWN ? key.substring(0, LONGEST_KEY_SHOWN) + "..." : key;
  }
}
