# Reads a formula or a cask as Homebrew does on a system, without Homebrew:
#
#     ruby homebrew.rb FILE macos|linux arm|intel             prints what it declares, as JSON
#     ruby homebrew.rb FILE macos|linux arm|intel PREFIX      installs the unpacked archive in the current directory
#
# Only stanzas of docs.brew.sh/Formula-Cookbook and docs.brew.sh/Cask-Cookbook are known: another one is an error.

require "fileutils"
require "json"
require "pathname"

FILE, SYSTEM, PROCESSOR, PREFIX = ARGV
DECLARED = {}

module Conditions
  def on_macos = (yield if SYSTEM == "macos")
  def on_linux = (yield if SYSTEM == "linux")
  def on_arm = (yield if PROCESSOR == "arm")
  def on_intel = (yield if PROCESSOR == "intel")
end

class Livecheck
  def url(text) = DECLARED["livecheck_url"] = text
  def regex(pattern) = DECLARED["livecheck_version"] = "#{DECLARED.fetch("version")}\n"[pattern, 1]
end

module Stanzas
  include Conditions

  %w[desc homepage url license name pkg binary uninstall zap depends_on].each do |stanza|
    define_method(stanza) { |*values, **options| DECLARED[stanza] = values.first || options }
  end

  def version(text = nil) = text ? DECLARED["version"] = text : DECLARED.fetch("version")
  def livecheck(&block) = Livecheck.new.instance_eval(&block)
  def test = nil

  def sha256(text = nil, **processors)
    DECLARED["sha256"] = text || processors.fetch(PROCESSOR.to_sym)
  end

  def arch(**processors)
    @arch = processors.fetch(PROCESSOR.to_sym) unless processors.empty?
    @arch
  end
end

class Pathname
  def install(files)
    mkpath
    FileUtils.cp_r(Array(files), self, preserve: true)
  end

  def install_symlink(source)
    mkpath
    from, name = source.is_a?(Hash) ? source.first : [source, source.basename]
    FileUtils.ln_s(from.relative_path_from(self), join(name))
  end
end

class Formula
  extend Stanzas

  def self.inherited(formula) = @@formula = formula
  def self.formula = @@formula

  {
    bin: "bin", libexec: "libexec", man1: "share/man/man1", bash_completion: "etc/bash_completion.d",
    fish_completion: "share/fish/vendor_completions.d", zsh_completion: "share/zsh/site-functions"
  }.each { |name, place| define_method(name) { Pathname.new(PREFIX).join(place) } }
end

class Cask
  include Stanzas
end

def cask(token, &block)
  DECLARED["token"] = token
  Cask.new.instance_eval(&block)
end

load FILE
if PREFIX
  Formula.formula.new.install
else
  puts JSON.generate(DECLARED)
end
