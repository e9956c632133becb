"""What tests are built with: databases, browsers, people, pages."""
