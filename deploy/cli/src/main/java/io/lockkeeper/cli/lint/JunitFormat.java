package io.lockkeeper.cli.lint;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

import io.lockkeeper.messages.Severity;
import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.report.Reviewed;

/** A suite per file and a case per statement, which fails with its findings; those that are only to know do not fail it. */
final class JunitFormat {

    private JunitFormat() {}

    static void write(LintReport report, PrintWriter out) {
        Map<String, List<Reviewed>> files = report.statements().stream()
                .collect(Collectors.groupingBy(Reviewed::file, LinkedHashMap::new, Collectors.toList()));
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuites");
            counts(xml, "lockkeeper lint", report.statements());
            for (Map.Entry<String, List<Reviewed>> file : files.entrySet()) {
                xml.writeCharacters("\n  ");
                xml.writeStartElement("testsuite");
                counts(xml, file.getKey(), file.getValue());
                for (Reviewed statement : file.getValue()) {
                    testcase(xml, statement, report.docs());
                }
                xml.writeCharacters("\n  ");
                xml.writeEndElement();
            }
            xml.writeCharacters("\n");
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.writeEndDocument();
            xml.flush();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a report can be written as XML", e);
        }
    }

    private static void counts(XMLStreamWriter xml, String name, List<Reviewed> statements)
            throws XMLStreamException {
        xml.writeAttribute("name", name);
        xml.writeAttribute("tests", String.valueOf(statements.size()));
        xml.writeAttribute("failures",
                String.valueOf(statements.stream().filter(one -> !failing(one).isEmpty()).count()));
    }

    private static void testcase(XMLStreamWriter xml, Reviewed statement, RuleDocs docs) throws XMLStreamException {
        xml.writeCharacters("\n    ");
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", statement.file());
        xml.writeAttribute("name", "line " + statement.line() + ": " + clean(statement.text()));
        List<Finding> failing = failing(statement);
        if (!failing.isEmpty()) {
            xml.writeStartElement("failure");
            xml.writeAttribute("type", failing.get(0).rule());
            xml.writeAttribute("message", clean(failing.get(0).message()));
            xml.writeCharacters(clean(failing.stream()
                    .map(one -> statement.file() + ":" + statement.line() + ": " + one.rule() + ": " + one.message()
                            + "\n" + one.advice() + "\n" + docs.address(one.rule()) + "\n")
                    .collect(Collectors.joining())));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static List<Finding> failing(Reviewed statement) {
        return statement.findings().stream().filter(one -> one.severity() != Severity.P3).toList();
    }

    /** XML 1.0 has no way to write most control characters. */
    private static String clean(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", "\uFFFD");
    }
}
