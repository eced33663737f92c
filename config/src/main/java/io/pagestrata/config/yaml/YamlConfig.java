// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import io.pagestrata.config.ConfigDraft;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.Where;
import io.pagestrata.core.InvalidConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads a configuration from YAML.
 *
 * <p>The document is taken as a tree of plain mappings, lists and scalars: no object is made from a
 * tag, anchors and aliases are refused, and size and depth are limited, so that a hostile file can
 * do no more than be reported. Stateless and thread-safe.
 */
public final class YamlConfig {
  /** Largest file that is read: 1 MiB. */
  public static final int MOST_BYTES = 1 << 20;

  private static final int MOST_NESTING = 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private YamlConfig() {}

  /**
   * Reads a file.
   *
   * @param file YAML in UTF-8
   * @return a valid configuration
   * @throws IOException when the file cannot be read
   * @throws InvalidConfigurationException with all problems, each with file, line and column
   */
  public static PagestrataConfig read(Path file) throws IOException {
    return parse(file.toString(), content(file));
  }

  /**
   * Reads a file of the daemon, which may describe exports and a server beside the store.
   *
   * @param file YAML in UTF-8
   * @return a valid configuration
   * @throws IOException when the file cannot be read
   * @throws InvalidConfigurationException with all problems, each with file, line and column
   */
  public static DaemonConfig readDaemon(Path file) throws IOException {
    return parseDaemon(file.toString(), content(file));
  }

  private static byte[] content(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES + 1);
    }
  }

  /**
   * Reads the content of a file.
   *
   * @param source name of the file, for messages
   * @param content YAML in UTF-8
   * @return a valid configuration
   * @throws InvalidConfigurationException with all problems, each with source, line and column
   */
  public static PagestrataConfig parse(String source, byte[] content) {
    ConfigDraft draft = new ConfigDraft();
    compose(source, content, draft)
        .ifPresentOrElse(
            it -> new DocumentReader(source, it.tags()::isTagged, draft).readStore(it.root()),
            draft::tiersUnreadable);
    return draft.build();
  }

  /**
   * Reads the content of a file of the daemon.
   *
   * @param source name of the file, for messages
   * @param content YAML in UTF-8
   * @return a valid configuration
   * @throws InvalidConfigurationException with all problems, each with source, line and column
   */
  public static DaemonConfig parseDaemon(String source, byte[] content) {
    ConfigDraft draft = new ConfigDraft();
    compose(source, content, draft)
        .ifPresentOrElse(
            it -> new DocumentReader(source, it.tags()::isTagged, draft).readDaemon(it.root()),
            draft::tiersUnreadable);
    return draft.buildDaemon();
  }

  /** A document as a tree, and where tags were written. */
  private record Document(Node root, TagNotes tags) {}

  /** The document; empty, with a problem in the draft, when there is none. */
  private static Optional<Document> compose(String source, byte[] content, ConfigDraft draft) {
    Where whole = new Where(source, 0, 0);
    if (content.length > MOST_BYTES) {
      draft.problem(whole, "more than " + MOST_BYTES + " bytes; expected a smaller file");
      return Optional.empty();
    }
    try {
      Document document = compose(decode(content));
      if (document.root() == null) {
        draft.problem(whole, "the file holds no settings; expected at least the key 'tiers'");
      }
      return Optional.of(document).filter(it -> it.root() != null);
    } catch (CharacterCodingException e) {
      draft.problem(whole, "not a text in UTF-8; expected one");
    } catch (MarkedYAMLException e) {
      draft.problem(syntaxErrorPlace(source, e), "not valid YAML: " + e.getProblem());
    } catch (YAMLException e) {
      draft.problem(whole, "not valid YAML: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static String decode(byte[] content) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static Document compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MOST_BYTES);
    options.setNestingDepthLimit(MOST_NESTING);
    // No constructor takes part: tags stay words.
    TagNotes tags = new TagNotes(new StreamReader(text), options);
    return new Document(new Composer(tags, new Resolver(), options).getSingleNode(), tags);
  }

  private static Where syntaxErrorPlace(String source, MarkedYAMLException e) {
    Mark mark = e.getProblemMark();
    return mark == null
        ? new Where(source, 0, 0)
        : NodePlaces.where(source, mark, Optional.empty());
  }
}
