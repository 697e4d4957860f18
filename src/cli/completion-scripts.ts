// The scripts that shells load for completion.

/** Stands for the names of files, which the shell itself knows best. */
export const files = ':files';

/** The scripts: each asks the program itself, as it was typed, for the words that fit. */
export const scripts: Readonly<Record<string, string>> = {
  bash: `_remotetask() {
  local word form=%q program=\${COMP_WORDS[0]/#\\~/$HOME}
  [[ \${COMP_WORDS[COMP_CWORD]} == [\\'\\"]* ]] && form=%s
  COMPREPLY=()
  while IFS= read -r word; do
    if [ "$word" = ${files} ]; then compopt -o default; else COMPREPLY+=("$(printf "$form" "$word")"); fi
  done < <("$program" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _remotetask remotetask`,
  zsh: `#compdef remotetask
_remotetask() {
  local -a found
  found=("\${(@f)$(\${~words[1]} completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $found[1] == ${files} ]]; then _files; elif [[ -n $found[1] ]]; then _describe remotetask found; fi
}
if [[ $funcstack[1] == _remotetask ]]; then _remotetask "$@"; else compdef _remotetask remotetask; fi`,
  fish: `function __remotetask
  set -l words (commandline -opc)
  set -l program (string replace -r '^~' $HOME -- $words[1])
  set -l found ($program completion fish -- $words[2..-1] (commandline -ct) 2>/dev/null)
  if test "$found" = ${files}
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c remotetask -f -a '(__remotetask)'`,
};
